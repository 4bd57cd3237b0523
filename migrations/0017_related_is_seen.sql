-- Pages name related papers: those that are kept are made anew when some were compared.
CREATE TRIGGER "content_changes" AFTER INSERT OR UPDATE OR DELETE OR TRUNCATE ON "related" EXECUTE FUNCTION count_content_change();
