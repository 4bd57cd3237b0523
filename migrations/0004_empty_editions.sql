CREATE TABLE "empty_edition" (
	"edition_date" date PRIMARY KEY NOT NULL,
	"found_at" timestamp with time zone NOT NULL
);
