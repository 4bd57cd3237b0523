CREATE TABLE "address_change" (
	"subscriber_id" bigint PRIMARY KEY NOT NULL,
	"email" "citext" NOT NULL,
	"asked_at" timestamp with time zone NOT NULL,
	"told_at" timestamp with time zone,
	"claimed_at" timestamp with time zone
);
--> statement-breakpoint
CREATE TABLE "say" (
	"subscriber_id" bigint NOT NULL,
	"paper_id" text NOT NULL,
	"liked" boolean NOT NULL,
	"said_at" timestamp with time zone NOT NULL,
	CONSTRAINT "say_subscriber_id_paper_id_pk" PRIMARY KEY("subscriber_id","paper_id")
);
--> statement-breakpoint
CREATE TABLE "taste" (
	"subscriber_id" bigint NOT NULL,
	"trait" text NOT NULL,
	"label" text NOT NULL,
	"weight" real NOT NULL,
	"is_own" boolean DEFAULT false NOT NULL,
	CONSTRAINT "taste_subscriber_id_trait_pk" PRIMARY KEY("subscriber_id","trait")
);
--> statement-breakpoint
ALTER TABLE "subscriber" ADD COLUMN "digest_length" smallint DEFAULT 10 NOT NULL;--> statement-breakpoint
ALTER TABLE "subscriber" ADD COLUMN "weekly_on" smallint DEFAULT 1 NOT NULL;--> statement-breakpoint
ALTER TABLE "subscriber" ADD COLUMN "paused_until" timestamp with time zone;--> statement-breakpoint
ALTER TABLE "subscriber" ADD COLUMN "left_because" text;--> statement-breakpoint
ALTER TABLE "subscriber" ADD COLUMN "taste_at" timestamp with time zone;--> statement-breakpoint
ALTER TABLE "say" ADD CONSTRAINT "say_paper_id_paper_id_fk" FOREIGN KEY ("paper_id") REFERENCES "public"."paper"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
CREATE INDEX "address_change_asked_at" ON "address_change" USING btree ("asked_at");--> statement-breakpoint
CREATE INDEX "say_paper" ON "say" USING btree ("paper_id");--> statement-breakpoint
CREATE INDEX "subscriber_paused" ON "subscriber" USING btree ("paused_until") WHERE paused_until is not null;--> statement-breakpoint
ALTER TABLE "subscriber" ADD CONSTRAINT "subscriber_digest_length" CHECK (digest_length in (5, 10, 20));--> statement-breakpoint
ALTER TABLE "subscriber" ADD CONSTRAINT "subscriber_weekly_on" CHECK (weekly_on between 1 and 7);