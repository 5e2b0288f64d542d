DROP TABLE settings;
DROP TABLE session;
DROP TABLE pin_failures;
DROP TABLE people;
