"""The service's own small set of icons: strokes on a 24 x 24 grid, drawn in the text's colour."""

from typing import Final

ICONS: Final[dict[str, str]] = {
    "account": "M12 12a4 4 0 1 0 0-8 4 4 0 0 0 0 8zM4 20.5c1-4 4-6 8-6s7 2 8 6",
    "arrow-left": "M20 12H4m7-7-7 7 7 7",
    "arrow-right": "M4 12h16m-7-7 7 7-7 7",
    "bell": "M6 10a6 6 0 0 1 12 0c0 5 2 7 2 7H4s2-2 2-7zm4 10.5h4",
    "book": "M12 6c-2-2-5-2.5-9-2.5v15c4 0 7 .5 9 2.5 2-2 5-2.5 9-2.5v-15c-4 0-7 .5-9 2.5zm0 0v15",
    "calendar": "M4 6h16v15H4zm0 5h16M8 3v5m8-5v5",
    "certificate": "M4 4h16v11H4zm4 4h8m-8 3h4m4 1v9l-2.5-2L11 21v-6",
    "check": "m4.5 12.5 5 5 10-11",
    "chevron-down": "m5 9 7 7 7-7",
    "chevron-right": "m9 5 7 7-7 7",
    "clock": "M12 21a9 9 0 1 0 0-18 9 9 0 0 0 0 18zm0-14v5.5l3.5 2",
    "closed": "M6 11h12v9H6zm2.5 0V7.5a3.5 3.5 0 0 1 7 0V11",
    "cross": "m5.5 5.5 13 13m0-13-13 13",
    "danger": "M8 3h8l5 5v8l-5 5H8l-5-5V8zm4 4v6m0 3.5v.5",
    "download": "M12 3v12m-5-5 5 5 5-5M4 20h16",
    "edit": "M4 20h4L19 9l-4-4L4 16zm9-13 4 4",
    "external": "M14 4h6v6m0-6-9 9M10 5H4v15h15v-6",
    "filter": "M3 5h18l-7 8.5V20l-4-2v-4.5z",
    "info": "M12 21a9 9 0 1 0 0-18 9 9 0 0 0 0 18zm0-10v6m0-9.5V8",
    "key": "M8 16a4 4 0 1 0 0-8 4 4 0 0 0 0 8zm4-4h9v4m-4-4v3",
    "language": "M12 21a9 9 0 1 0 0-18 9 9 0 0 0 0 18zM3 12h18M12 3c-5 5-5 13 0 18 5-5 5-13 0-18",
    "mail": "M3 5h18v14H3zm0 1 9 7 9-7",
    "menu": "M4 6h16M4 12h16M4 18h16",
    "minus": "M5 12h14",
    "moved": "M3 8h15m-4-4 4 4-4 4M21 16H6m4-4-4 4 4 4",
    "people": "M9 11a3.5 3.5 0 1 0 0-7 3.5 3.5 0 0 0 0 7zm-7 9c.7-4 3.5-6 7-6s6.3 2 7 6"
    "M16 4.5a3.5 3.5 0 0 1 0 6m2.5 4c2 1 3 2.8 3.5 5.5",
    "place": "M12 21.5s7-6.5 7-12a7 7 0 0 0-14 0c0 5.5 7 12 7 12zm0-9.5a2.5 2.5 0 1 0 0-5"
    " 2.5 2.5 0 0 0 0 5z",
    "plus": "M12 5v14M5 12h14",
    "print": "M7 8V3h10v5M7 17H3V8h18v9h-4M7 14h10v7H7z",
    "queue": "M9 6h12M9 12h12M9 18h12M3 6h2m-2 6h2m-2 6h2",
    "search": "M10.5 17a6.5 6.5 0 1 0 0-13 6.5 6.5 0 0 0 0 13zm5-1.5L21 21",
    "success": "M12 21a9 9 0 1 0 0-18 9 9 0 0 0 0 18zm-4.5-9 3.5 3.5 5.5-6.5",
    "video": "M3 6h12v12H3zm12 4 6-3v10l-6-3z",
    "wait": "M6 3h12M6 21h12M7 3c0 5 10 7 10 18M17 3c0 5-10 7-10 18",
    "warning": "M12 3.5 22 20.5H2zm0 6v5m0 2.8v.2",
}
