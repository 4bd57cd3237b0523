CREATE TABLE "day_sum" (
	"day" date PRIMARY KEY NOT NULL,
	"joined" integer NOT NULL,
	"unsubscribed" integer NOT NULL,
	"bounced" integer NOT NULL,
	"complained" integer NOT NULL,
	"active" integer NOT NULL,
	"more" integer NOT NULL,
	"less" integer NOT NULL,
	"counted_at" timestamp with time zone NOT NULL
);
--> statement-breakpoint
CREATE TABLE "digest_sum" (
	"digest_date" date PRIMARY KEY NOT NULL,
	"frozen" integer NOT NULL,
	"accepted" integer NOT NULL,
	"rejected" integer NOT NULL,
	"unknown" integer NOT NULL,
	"skipped" integer NOT NULL,
	"bounces" integer DEFAULT 0 NOT NULL,
	"complaints" integer DEFAULT 0 NOT NULL,
	"counted_at" timestamp with time zone NOT NULL
);
--> statement-breakpoint
CREATE INDEX "say_said_at" ON "say" USING btree ("said_at");