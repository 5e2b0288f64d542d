drop index text_erasures;
drop table erased_texts;
drop table texts;
