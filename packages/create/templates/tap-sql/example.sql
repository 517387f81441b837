CREATE TABLE example_rows (id INTEGER PRIMARY KEY, name TEXT NOT NULL, price REAL, big INTEGER);
INSERT INTO example_rows VALUES (1, 'one', 9.5, 9007199254740993), (2, 'two', NULL, NULL);
