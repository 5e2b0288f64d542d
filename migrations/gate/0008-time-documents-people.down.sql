DROP TABLE clock_memory;
