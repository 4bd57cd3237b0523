-- Restores run with an empty search_path, under which the trigger would not find its table.
ALTER FUNCTION "count_content_change"() SET search_path FROM CURRENT;
