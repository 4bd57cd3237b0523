CREATE TABLE "desk_session" (
	"id_hash" "bytea" PRIMARY KEY NOT NULL,
	"proof" "bytea" NOT NULL,
	"began_at" timestamp with time zone NOT NULL
);
--> statement-breakpoint
CREATE TABLE "edition_choice" (
	"edition_date" date NOT NULL,
	"paper_id" text NOT NULL,
	"choice" text NOT NULL,
	"why" text,
	"chosen_by" text NOT NULL,
	"chosen_at" timestamp with time zone NOT NULL,
	CONSTRAINT "edition_choice_edition_date_paper_id_pk" PRIMARY KEY("edition_date","paper_id")
);
--> statement-breakpoint
CREATE TABLE "edition_note" (
	"edition_date" date PRIMARY KEY NOT NULL,
	"words" text NOT NULL,
	"saved_at" timestamp with time zone NOT NULL
);
--> statement-breakpoint
CREATE TABLE "trail" (
	"id" bigint PRIMARY KEY GENERATED ALWAYS AS IDENTITY (sequence name "trail_id_seq" INCREMENT BY 1 MINVALUE 1 MAXVALUE 9223372036854775807 START WITH 1 CACHE 1),
	"at" timestamp with time zone NOT NULL,
	"who" text NOT NULL,
	"via" text NOT NULL,
	"did" text NOT NULL,
	"about" text NOT NULL,
	"words" text
);
--> statement-breakpoint
ALTER TABLE "edition_choice" ADD CONSTRAINT "edition_choice_paper_id_paper_id_fk" FOREIGN KEY ("paper_id") REFERENCES "public"."paper"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
CREATE INDEX "trail_about" ON "trail" USING btree ("about","at");--> statement-breakpoint
CREATE INDEX "batch_date" ON "batch" USING btree ("digest_date");--> statement-breakpoint
-- The note stands on public pages.
CREATE TRIGGER "content_changes" AFTER INSERT OR UPDATE OR DELETE OR TRUNCATE ON "edition_note" EXECUTE FUNCTION count_content_change();
