CREATE INDEX "search_word_stem" ON "search_word" USING btree (((tsvector_to_array(to_tsvector('english', "word")))[1]));
