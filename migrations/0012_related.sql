CREATE TABLE "related" (
	"paper_id" text PRIMARY KEY NOT NULL,
	"others" text[] NOT NULL,
	"scores" real[] NOT NULL
);
--> statement-breakpoint
ALTER TABLE "related" ADD CONSTRAINT "related_paper_id_paper_id_fk" FOREIGN KEY ("paper_id") REFERENCES "public"."paper"("id") ON DELETE cascade ON UPDATE no action;