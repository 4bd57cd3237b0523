CREATE TABLE "brake" (
	"digest_date" date NOT NULL,
	"domain" text NOT NULL,
	"unknown" integer NOT NULL,
	"frozen" integer NOT NULL,
	"pulled_at" timestamp with time zone NOT NULL,
	"told_at" timestamp with time zone,
	"released_at" timestamp with time zone,
	CONSTRAINT "brake_digest_date_domain_pk" PRIMARY KEY("digest_date","domain")
);
--> statement-breakpoint
CREATE TABLE "feedback" (
	"id" bigint PRIMARY KEY GENERATED ALWAYS AS IDENTITY (sequence name "feedback_id_seq" INCREMENT BY 1 MINVALUE 1 MAXVALUE 9223372036854775807 START WITH 1 CACHE 1),
	"key" text NOT NULL,
	"subscriber_id" bigint NOT NULL,
	"digest_date" date,
	"kind" text NOT NULL,
	"permanent" boolean NOT NULL,
	"reason" text NOT NULL,
	"via" text NOT NULL,
	"words" text,
	"heard_at" timestamp with time zone NOT NULL,
	"judged_at" timestamp with time zone,
	"pardoned" boolean DEFAULT false NOT NULL,
	CONSTRAINT "feedback_once" UNIQUE("key"),
	CONSTRAINT "feedback_kind" CHECK (kind in ('hard', 'soft', 'complaint', 'unsubscribe', 'delivered'))
);
--> statement-breakpoint
ALTER TABLE "suppression" ADD COLUMN "reopened_at" timestamp with time zone;--> statement-breakpoint
CREATE INDEX "brake_on" ON "brake" USING btree ("digest_date") WHERE released_at is null;--> statement-breakpoint
CREATE INDEX "feedback_reader" ON "feedback" USING btree ("subscriber_id","heard_at");--> statement-breakpoint
CREATE INDEX "feedback_unjudged" ON "feedback" USING btree ("id") WHERE judged_at is null;--> statement-breakpoint
CREATE INDEX "feedback_digest" ON "feedback" USING btree ("digest_date","kind");