CREATE TABLE "follow" (
	"subscriber_id" bigint NOT NULL,
	"kind" text NOT NULL,
	"value" text NOT NULL,
	"label" text NOT NULL,
	"created_at" timestamp with time zone NOT NULL,
	CONSTRAINT "follow_subscriber_id_kind_value_pk" PRIMARY KEY("subscriber_id","kind","value"),
	CONSTRAINT "follow_kind" CHECK (kind in ('search', 'author', 'organisation', 'not'))
);
--> statement-breakpoint
CREATE TABLE "follow_hit" (
	"edition_date" date NOT NULL,
	"kind" text NOT NULL,
	"value" text NOT NULL,
	"papers" text[] NOT NULL,
	CONSTRAINT "follow_hit_edition_date_kind_value_pk" PRIMARY KEY("edition_date","kind","value")
);
--> statement-breakpoint
ALTER TABLE "subscriber" ADD COLUMN "follows" text DEFAULT '' NOT NULL;--> statement-breakpoint
ALTER TABLE "subscriber" ADD COLUMN "follows_only" boolean DEFAULT false NOT NULL;--> statement-breakpoint
ALTER TABLE "subscriber" ADD COLUMN "asked_follow" jsonb;