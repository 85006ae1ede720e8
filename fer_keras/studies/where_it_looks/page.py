"""reports/where_it_looks.md."""

FOLDER, PAGE = "where_it_looks", "where_it_looks.md"
