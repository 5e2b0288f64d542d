DROP TABLE erased_texts;
DROP TABLE text_deliveries;
DROP TABLE texts;
