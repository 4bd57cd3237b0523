# Every sentence for readers, in English. The other catalogues say the same under the same names.
# <tag>…</tag> is a link or an emphasis whose words may stand anywhere in the sentence.

## Small words

papers = { $papers ->
    [one] { $papers } paper
   *[other] { $papers } papers
}
votes = { $votes ->
    [one] { $votes } upvote
   *[other] { $votes } upvotes
}
authors-two = { $first } and { $second }
authors-more = { $first } and { $others } others
label-with-colon = { $label }:
comma = {", "}
semicolon = {"; "}
link-paper = Paper
link-pdf = PDF
link-code = Code
link-project = Project
link-read = Read
imprint = Imprint
privacy = Privacy
contact = Contact
unsubscribe = Unsubscribe
preferences = Preferences

## Why a paper is here

reason-in-hours = { $hours ->
    [one] in an hour
   *[other] in { $hours } hours
}
reason-in-days = { $days ->
    [one] in a day
   *[other] in { $days } days
}
reason-ahead = { $within }, more than { $ahead } of 100 papers of its age
reason-first = { $within }, more than any other paper of its age
reason-authors = By { $names }, whose papers did well here before
reason-organisation = From { $name }, whose papers did well here before
reason-code = Code available
reason-project = Has a project page
reason-media = Shown in pictures or a film
reason-follow = you follow { $name }
reason-search = matches your search: { $search }
withdrawn = Withdrawn
back-since = Back: it stood in the edition of { $day }
back-had = Back: far more talked about than was expected when you had it
new-today = New today
reason-top = { $share ->
   *[other] Top { $share } % for its age
}
reason-comments = { $comments ->
    [one] { $comments } comment
   *[other] { $comments } comments
}

## Forecasts

chance-high = very likely
chance-good = likely
chance-fair = possible
fresh-authors-of = { $authors ->
    [one] by one author of { $paper }
   *[other] by { $authors } authors of { $paper }
}
fresh-authors-listed = { $authors ->
    [one] by one author whose papers were listed before
   *[other] by { $authors } authors whose papers were listed before
}
fresh-paper-votes = { $name } ({ $votes })
fresh-some-paper = a paper that was listed before
fresh-some-paper-votes = a paper that got { $votes }
fresh-record = { $listed } of the { $picks } of { $days } came true

## What a reader chose

clock = { $place } time
frequency-daily = every day
frequency-weekdays = Monday to Friday
frequency-weekly = on { $day }s
choice = { $what }, { $when } at { $hour } { $clock }
choice-all = the best of all topics
choice-followed = what is new of what you follow
moment = { $day } at { $hour }, { $clock }
follow-author = new papers by { $label }
follow-organisation = new papers from { $label }
follow-topic = the topic { $label }
follow-not = no papers on “{ $label }”
follow-search = new papers for the search “{ $label }”

## The digest

digest-subject = { $others ->
    [0] { $title }
   *[other] { $title } and { $others } more
}
digest-subject-sample = Sample: { $subject }
digest-minutes = { $minutes ->
    [one] { $minutes } minute
   *[other] { $minutes } minutes
}
digest-all-papers = All papers
digest-wish-all = all papers
digest-wish-followed = what you follow
digest-wish-topics = { $topics } topics
digest-wish-both = { $wish }, and { $beside }
digest-searches = { $searches ->
    [one] one search
   *[other] { $searches } searches
}
digest-names = { $names ->
    [one] one name
   *[other] { $names } names
}
digest-both = { $first } and { $second }
digest-part-search = your search
digest-part-followed = what you follow
digest-best-of-week = The week’s { $papers } best
digest-some-of = { $papers } of { $all }
digest-new-count = { $papers } new
digest-in-brief = In brief
digest-by = New by { $name }
digest-from = New from { $name }
digest-search = Your search: { $search }
digest-sample = <strong>Sample.</strong> These papers ship with the program to show what a digest looks like. They are not today’s news.
digest-sample-text = SAMPLE: these papers ship with the program to show what a digest looks like. They are not today’s news.
digest-read-paper = Read the paper
digest-read-more = Read more
digest-more-like-this = More like this
digest-not-for-me = Not for me
digest-fresh = Fresh this morning
digest-forecast = A forecast, no votes yet.
digest-forecast-record = A forecast, no votes yet; { $record }.
digest-leave-out = Leave it out
digest-if-you-liked = If you liked no. 1
digest-more = { $papers } more
digest-others = { $papers ->
    [one] { $papers } other
   *[other] { $papers } others
}
digest-asked = You asked <site>{ $site }</site> at { $host } for { $wish }. { $told }
digest-asked-site = You asked { $site } at { $host }
digest-asked-wish = for { $wish }.
digest-told-authors = What is new is told in the authors’ words.
digest-told-others = What is new is told by { $names }, or in the authors’ words.
digest-browser = View in browser
digest-website = Website

## Notices

notice-button-fails = If the button does not work, open this address:
notice-did-not-ask = You did not ask? Then there is nothing to do. To get no more mail from us, unsubscribe:

confirm-subject = Confirm your subscription to { $site }
confirm-preheader = One click, and the next papers come to this address.
confirm-heading = Please confirm your address
confirm-asked = Someone, probably you, asked { $site } to mail new research papers to this address: { $choices }.
confirm-next = Confirm now, and the current edition comes at once if it holds something new to you, the next on { $next }.
confirm-button = Confirm subscription
confirm-ignore = You did not ask for this? Then ignore this mail, and you will not hear from us again.

already-subject = You are already subscribed to { $site }
already-preheader = Your digests keep coming as before.
already-heading = You are already subscribed
already-asked = Someone, probably you, asked { $site } to mail new research papers to this address. It already does, and nothing has changed: your digests keep coming as before.
already-get = You get { $choices }.
already-button = Change preferences

offer-subject = Add to your digests from { $site }?
offer-preheader = One click adds it to what you get already.
offer-heading = Shall your digests tell you of new ones?
offer-asked = Someone, probably you, asked { $site } to tell this address of { $words }.
offer-get = You get { $choices } already, and nothing has changed. Add it, and your next digests hold it too.
offer-button = Add to my digests

move-subject = A change of address was asked for at { $site }
move-preheader = Your digests are to go to another address.
move-heading = Your digests are to move
move-asked = By a link of your mail, { $site } was asked to send your digests to another address. That address gets a mail too: once you agree here and it is confirmed there, this address gets no more.
move-how = The page behind this button lets you agree within a week, or stop the change.
move-button = Agree or stop
move-ignore = You did not ask for this? Then stop it there, or ignore this mail: without your word nothing changes.

here-subject = Confirm your new address at { $site }
here-preheader = One click, and one at the old address, and the papers come here.
here-heading = Shall the papers come here?
here-asked = A reader of { $site }, probably you, asked that their digests go to this address: { $choices }.
here-how = They do once you confirm here and agree by the mail to the old address, both within a week. If papers come to this address already, these take their place.
here-button = Confirm the new address
here-ignore = You did not ask for this? Then ignore this mail, and nothing changes.

## Every page

site-skip = Skip to the papers
site-forecasts = { $forecasts ->
    [one] { $forecasts } forecast
   *[other] { $forecasts } forecasts
}
site-nav = Site
site-today = Today
site-front = Front page
site-topics = Topics
site-archive = Archive
site-search = Search
site-more = More
site-subscribe = Subscribe
site-atom = Atom feed
site-json = JSON feed
site-api = API
site-footer = { $site } gathers new research papers, sees which are being talked about, and delivers them.
error-number = Error { $status }
error-front = To the front page
editions-title = All editions

## Papers in lists

card-summary = Summary: { $by }
card-link-of = { $link }: { $title }
edition-sample = sample
edition-sample-note = <strong>A sample edition.</strong> These papers are real, and came with the program to show what an edition looks like. The first edition of its own is being gathered and takes their place.
turn-label = More to read
side-label = Beside it
curve-usual = usual

## The form

form-none-ticked = None ticked: the best of everything.
form-how-often = How often
form-once-a-week = Once a week
form-if-weekly = If weekly, on
form-forecasts = Forecasts
form-forecasts-morning = Forecasts of the morning
form-email = Your email address
form-decoy = Leave this empty
follow-tell-me = Tell me of new ones
follow-button = Follow
follow-pitch = Mail on days that bring { $words }.
form-free = Free. You confirm by mail, and one click ends it.
form-did-you-mean = Did you mean { $address }?
form-yes-use = Yes, use { $address }
form-no-right = No, { $address } is right
form-challenge = Your browser is at a small sum, and sends this form by itself in some seconds. If nothing happens, press Subscribe after { $hour } UTC.
form-topics-and-days = Topics and days
form-unless = Unless you say otherwise:
form-subscribe = Subscribe
form-at = At
form-time-zone = Time zone
form-pitch = The papers everybody is talking about, in your inbox.
form-topics-and-time = Topics and time

## The front page

front-gathering = The first edition is being gathered
front-reading = { $site } is reading its sources now. As soon as there are papers the best of them stand here; subscribe, and they come to you.
front-old = The edition of { $day }: no newer one has come since.
front-nothing = Nothing new was being talked about on this day.
fresh-on = Fresh on <time>{ $day }</time>
fresh-forecast = A forecast: just announced, no votes yet, likely to be talked about.
fresh-all = All forecasts of that morning
front-by-topic = By topic
form-all-topics = All topics
front-rising = Still rising
front-rest = The rest
front-one-list = As one list
front-earlier = Earlier editions
front-archive = The archive

## Editions

editions-about = One a day, frozen as it was delivered.
editions-none = The first edition is being gathered. It stands here as soon as there are papers.
period-best = The best of { $period }
editions-older = Older editions
edition-days = <first>{ $from }</first> to <last>{ $until }</last>
edition-papers-of-days = The papers of these days: { $count }
edition-papers-of-day = The papers of the day: { $count }
edition-none-of-topic = { $topics ->
    [one] No paper on this topic was in the edition of this day.
   *[other] No paper on these topics was in the edition of this day.
} Its other lists are beside this one, other days in the <archive>archive</archive>.
edition-lists = Lists of this day
edition-around = The days around it
edition-fresh = Fresh: what is likely to be talked about
period-about = The best of these days, by the votes that papers have by now.
period-days = Day by day
period-parts = The same days in other parts

## Fresh

fresh-title = Fresh
fresh-about = A forecast, no votes yet: papers just announced that are likely to be talked about.
fresh-edition = <edition>The edition of that day</edition> has what is talked about already.
fresh-none = Nothing that was announced is likely enough to be named.
fresh-not-yet = There is no forecast yet: the first comes with the first edition after arXiv was read.
fresh-record-title = How forecasts came out
fresh-record-long = Of the first { $picks } picks from <first>{ $from }</first> to <last>{ $until }</last>, { $listed } were listed within a week.
fresh-came-true = Came true
fresh-missed = Missed: the best of the lists that were not picked

## Papers

paper-more-authors = and { $authors } more
paper-other-authors = and { $authors } others
paper-withdrawn = <strong>Withdrawn.</strong> This paper was taken back; its abstract page says why.
paper-new = What is new
paper-read = Read on arXiv
paper-abstract = Abstract
paper-filed = Filed under
paper-words = Words:
paper-cite = Cite
paper-votes = Votes
paper-dotted = Dotted: the middle paper of its day’s list
paper-told = In the edition of { $day }:
paper-facts = Facts
paper-places = Where it stood
paper-rank = no. { $rank } of { $papers }
paper-related = Related

## Names and topics

name-author = author
name-organisation = organisation
name-papers = <count>{ $papers ->
    [one] { $papers } paper
   *[other] { $papers } papers
}</count> under this name, newest first.
name-people = People of the same name stand here together.
name-older = Older papers
name-best = Most votes
topic-label = Topic
topic-mail = Get it by mail
topic-none = No edition of this topic yet. The first is made as soon as papers on it are being talked about.
topic-best = Most votes in 30 days
topics-about = Each can be followed by mail or by feed.
topics-counted = Counted in the edition of <time>{ $day }</time>.

## Search

search-label = Words, a name, an arXiv id or a link
search-button = Search
search-hint = “a phrase” · -not · a or b · author: · org: · topic: · category: · code:yes · after:2026-05 · before:
search-try = Try fewer words, or another spelling. Only papers that { $site } has seen can be found here.
search-narrow = Narrow the search
search-more = More papers

## What a reader follows

preferences-saved = <strong>Saved.</strong> It holds from the next digest on.
follow-shall = Shall your digests tell you of { $words }?
follow-all-preferences = All preferences
follow-title = What you follow
follow-hint = Each day’s new papers are looked through for these, and stand in your digest under their own heads.
follow-remove-label = Remove { $label }
follow-remove = Remove
follow-for-search = for a search
follow-by-author = by an author
follow-from-organisation = from an organisation
follow-keep-out = not this: keep it out
follow-words = Words as in the search, or a name
follow-add = Add
follow-search-hint = “a phrase” · -not · a or b · author: · org: · topic: · category: · code:yes
follow-is-only = Your digests hold only this, and nothing of the topics.
follow-beside = It comes beside the papers of your topics.
follow-topics-too = Send my topics too
follow-only-this = Send me only this
follow-seed = Start from what you read: links, BibTeX, Zotero
seed-read = { $papers ->
    [one] One paper was read.
   *[other] { $papers } papers were read.
} Tick what you want to hear of: nothing else is kept, and the list itself is not.
seed-nothing = Nothing stands out in it that you do not follow already.
seed-follow = Follow what I ticked
seed-about = Show some papers that you know, and topics, authors and searches are proposed from them. Nothing is kept but what you tick then.
seed-text = Links or ids of arXiv, one or many
seed-file = Or a file as Zotero exports it: BibTeX, RIS, RDF, CSL-JSON, JSON or CSV, up to 3 MB
seed-propose = Propose

## Preferences

preferences-title = Your papers, your way
preferences-none = No digest is coming to you at present: these choices wait until you <again>subscribe again</again>.
preferences-address = All of it goes to <strong>{ $address }</strong>.
preferences-length = Length
preferences-pause = Pause until
preferences-pause-hint = no digest before that day; empty: none
preferences-zone-hint = type a city to search
preferences-use-zone = Use the zone of this browser
preferences-use-place = Use { $place }, as this browser says
preferences-save = Save
taste-title = What you said of papers
taste-about = Your digests are ordered by their papers’ votes and by { $says ->
    [one] what you said of one paper
   *[other] what you said of { $says } papers
}. This is all that came of it; change a line, or have it forgotten.
taste-save = Save these lines
taste-forget = Forget all that I said
address-title = Another address
address-asked = <strong>Asked.</strong> If that address can be used, a mail to it is on its way: press the link in it within a week. A mail to { $address } tells how to stop it.
address-to = Send my digests to
address-ask = Ask both mailboxes
data-title = Your data
data-about = Everything that is kept about you, and the end of it. No open and no click is ever counted.
data-download = Download my data
erase-button = Erase me

editions-description = Every daily edition of { $site }, newest first.
period-description = The papers of { $period } that had most votes in the end, of all that { $site } delivered.
period-before = Before
period-after = After
edition-days-plain = { $from } to { $until }
edition-description = The papers of { $days }, as { $site } delivered them.
edition-description-topics = The papers of { $days } on { $names }, as { $site } delivered them.
edition-foretold = A forecast of that morning
edition-in = In the edition of { $day }
edition-of = (edition of { $day })
fresh-title-on = Fresh on { $day }
fresh-description = Papers just announced that are likely to be talked about, and how earlier forecasts came out.
front-description = The research papers everybody is talking about, chosen daily and sent to your inbox at the hour you like.
front-since = { $votes } since { $day }
front-no-papers = There is no edition of { $day }: no new papers came. The next is due on { $next }; until then, this was the last.
follow-group-search = Searches
follow-group-author = Authors
follow-group-organisation = Organisations
follow-group-not = Kept out of your digests
follow-group-topic = Topics
seed-title = Start from what you read
seed-none = No paper was found in it. Paste links or ids of arXiv, or choose a file as Zotero exports it (BibTeX, RIS, RDF, CSL-JSON, JSON or CSV) of at most 3 MB.
name-about-author = Papers by { $name }, newest first, as { $site } gathered them.
name-about-organisation = Papers from { $name }, newest first, as { $site } gathered them.
topics-description = Everything to follow at { $site }, by mail or by feed.
topic-offer = new papers on this topic
topic-first-on = first on { $day }
feed-about = The research papers everybody is talking about, chosen daily.
feed-note = A word on the edition of { $day }
feed-why = Why it is here: { $reasons }.

paper-discussion = Discussion
paper-above = Above it
paper-below = Below it
paper-edition = The edition
paper-edition-of = { $day }: { $papers }
votes-upvotes = { $votes ->
    [one] upvote on Hugging Face, counted on { $day }
   *[other] upvotes on Hugging Face, counted on { $day }
}
votes-points = { $votes ->
    [one] point on Hacker News, counted on { $day }
   *[other] points on Hacker News, counted on { $day }
}
fact-counted = { $metric } on { $place }
fact-upvotes = Upvotes
fact-comments = Comments
fact-stars = Stars
fact-points = Points
fact-published = Published
fact-first-seen = First seen here
paper-version = Version { $version }
paper-version-of = Version { $version } of { $day }
paper-version-first = { $told }; first of { $day }
paper-version-at = { $version } at arXiv
curve-days = Upvotes from { $from } to { $until }:
curve-after-a-day = { NUMBER($votes) } after a day,
curve-end = { NUMBER($votes) } at the end.
curve-middle = { NUMBER($votes) } at the end; the middle paper of its list had { NUMBER($usual) }.

search-title = Search: { $query }
search-feed-about = New papers for the search “{ $query }”.
search-atom = Atom feed of this search
search-offer = new papers for this search
search-none = No paper matches.
search-none-read = None of the papers that were read matches.
search-more-than = More than { NUMBER($papers) } papers
misread-nothing-after = Nothing stands after “{ $filter }:”.
misread-no-day = “{ $filter }:{ $text }” is no day: write { $filter }:2026-05-29, { $filter }:2026-05 or { $filter }:2026.
misread-days = No day is from { $after } on and before { $before }.
misread-long = Only the first { $characters } characters were read.
misread-many = Only the first { $words } words were searched for.
misread-only-not = Say what to find too, not only what to leave out.
misread-no-topic = There is no topic “{ $topic }”: see /topics for those there are.
search-corrected = “{ $to }” for “{ $from }”
search-showing = Showing results for { $changed }: no paper has it as you wrote it.
search-relaxed = No paper has all of these words: these have most of them.
search-numbers = The numbers beside are of the best { NUMBER($papers) }.
search-without-filters = Without filters: { $query }
search-any-order = The words in any order: { $query }
search-any-word = Any of the words: { $query }
search-with-code = With code

## Pages behind the links of a mail

here-page-how = One press, and your digests come to the address at which you opened this, once the old one agrees too.
here-page-replaces = If papers come to it already, these take their place.
stay-title = Shall your digests move?
stay-where = They are to go to another address, and none to the one at which you opened this.
stay-how = They move when you agree here and the new address is confirmed too. You did not ask for it? Then stop it.
stay-agree = Agree to the change
stay-stop = Stop the change
stay-or = Or keep them coming here:
stay-press = One press, and you agree: they go to the new address once it is confirmed there too.
moved-title = Your digests have moved
moved-from = From the next digest on they come to the new address, and none to the old one.
moved-old-title = The old address must agree too
moved-old = The new address is confirmed. The one that your digests come to so far got a mail with a link: agree there, and they move.
moved-new-title = The new address must be confirmed too
moved-new = You agreed. The new address gets a mail with a link: confirm it there, and your digests move.
moved-until = Until then nothing changes. After a week the change has to be asked for again.
stayed-title = Nothing changes

say-undo = Take it back
say-ask-more = More like this?
say-ask-less = Not for you?
say-ask-undo = Take it back?
say-effect-more = Papers that share its topics, words or authors stand higher in your digests, once you have said so of several.
say-effect-less = Papers that share its topics, words or authors stand lower in your digests, once you have said so of several.
say-effect-undo = One press, and it is as if you had said nothing of this paper.
say-bound = No. 1 of a day always comes, and some of the others by their votes alone.
say-said-more = You said of it: more like this.
say-said-less = You said of it: not for me.
say-paper = “{ $title }”
say-done-more = More like this
say-done-less = Less like this
say-done-undo = Taken back
say-where = The Preferences link in your mail shows what came of it.
say-slip = A slip of the finger?
say-counts-nothing = From your next digest on this paper counts for nothing.
say-noted = Noted. It counts once you have said as much of more papers like it.
say-count-for = From your next digest on, these count for a paper: { $names }.
say-count-against = From your next digest on, these count against a paper: { $names }.

preferences-get = { $papers ->
   *[other] You get { $choices }, up to { $papers } papers at a time.
}
erase-title = Erase everything?
erase-press = One press, and your address, your choices and all that you said of papers are gone. No digest comes again.
erase-stays = What stays is a number without a person, by which it is counted how many digests were sent.
erased-title = You are erased
erased-nothing = Nothing of you is kept here.
standing-empty = Nothing new came on your topics for { $day }, so no digest was sent.
standing-rest = Your digests rest until { $day }.
standing-next = The next digest is due on { $next }.
taste-much-more = Much more
taste-more = More
taste-no-matter = No matter
taste-less = Less
taste-much-less = Much less
taste-topic = Topic
taste-word = Word
taste-author = Author
taste-as-i-say = As I say of papers
taste-as-i-said = As I said: { $weight }

confirm-page-title = Shall the papers come?
confirm-page-asked = You asked for { $choices }.
confirm-page-press = One press, and they come: the current edition at once if it holds something new to you, the next on { $next }. Every one has a link that ends it.
confirm-page-button = Confirm my subscription
confirmed-title = You are subscribed
confirmed-coming = The current edition is on its way to your inbox.
confirmed-had = You have had the current edition already, so it does not come again.
confirmed-nothing = The next edition that holds something for you is yet to come.
confirmed-already = You were already, and nothing has changed.
confirmed-next = The next digest comes on { $next }.
confirmed-next-unknown = The next digest comes as soon as its edition is made.
confirmed-get = You get { $choices }. Every mail has a link to change that, and one to end it.
back-title = Shall the papers come again?
back-press = One press, and they do, as it says here.
back-done = You are subscribed again
leave-title = Stop the papers?
leave-press = One press, and no further digest comes to you.
left-title = You are unsubscribed
left-thanks = No further digest comes to you. Thank you for reading.
left-changed = Changed your mind?
left-again = Subscribe again
left-less = Or would less of it do?
left-fewer = Five papers at a time
left-pause = Pause for four weeks
left-question = One question, if you like: why did you leave?
why-title = Why did you leave?
why-say = Say so
why-thanks = Thank you for saying so
why-kept = It is kept as one word, and you stay unsubscribed.
why-too-many = Too many mails
why-not-my-field = Not my field
why-found-elsewhere = I read papers elsewhere
why-no-time = No time to read
why-press-too-many = One press says: too many mails.
why-press-not-my-field = One press says: not my field.
why-press-found-elsewhere = One press says: i read papers elsewhere.
why-press-no-time = One press says: no time to read.

## Subscribing

subscribe-almost = Almost there
subscribe-look = Something in the form needs another look; what you filled in is still here.
subscribe-moment = One moment
subscribe-many = Many sign-ups came from your network in the last hour, so this one has to show that it is no machine’s.
subscribe-inbox = Check your inbox
subscribe-on-its-way = A mail to the address you gave is on its way. Press the link in it to confirm, and the papers follow.
subscribe-nothing = { $minutes ->
   *[other] Nothing there after a few minutes? Look among the spam. { $minutes } minutes after one mail the form sends another.
}
form-topics = { $topics } topics
form-language = Language
form-zone-yours = Yours
region-universal = Universal
region-africa = Africa
region-america = America
region-antarctica = Antarctica
region-arctic = Arctic
region-asia = Asia
region-atlantic = Atlantic
region-australia = Australia
region-europe = Europe
region-indian = Indian
region-pacific = Pacific

## What went wrong

address-unlike = That does not look like an email address: it should read like name@example.org.
address-not-public = That address is not on the public internet. Use one whose domain ends like example.org.
input-topic = There is no topic named "{ $topic }". Choose from the topics listed on the site.
input-frequency = The frequency must be one of { $known }.
input-timezone = That is not a time zone we know. Use a name such as Europe/Berlin or America/New_York.
input-hour = The hour must be a whole number from 0 to 23.
input-length = A digest holds { $known } papers: choose one of these.
input-weekday = The day of the week must be a whole number from 1 (Monday) to 7 (Sunday).
input-language = There is no such language: choose one of { $known }.
input-pause-day = The day on which the pause ends must be one of the calendar, as 2026-08-01.
input-pause-long = A pause can last for a year: choose a day within it, or unsubscribe.
input-follow = Say what to follow: a search, an author, an organisation or a topic.
input-no-topic = There is no such topic. Choose from the topics listed on the site.
input-search = Write at least one word to look for, as in the search: best arm identification.
input-search-characters = A search to follow has at most { $characters } characters: leave some words out.
input-search-words = A search to follow has at most { $words } words: leave some out.
input-name = Write the name as it stands on papers: Ada Lovelace.
input-follows-full = You can follow { $most } searches and names at most: remove some first, then add others.
no-topic = There is no such topic: choose one from the list of topics at /topics.
no-paper = There is no paper at this address: look for it by its title in the search.
no-edition = There is no edition at this address: look for its day in the archive of editions.
no-author = There is no paper of this author here: look for another spelling in the search.
no-organisation = There is no paper of this organisation here: look for another spelling in the search.
address-same = Your digests go to that address already.
address-too-soon = A change was asked for a moment ago, or no digest comes at present: wait ten minutes and ask again.
address-no-mail = The domain of that address takes no mail, as its owner says in the DNS. Use another address.
address-no-domain = The domain of that address does not exist. Check what stands after the @ for a slip.
rate-limited = { $seconds ->
   *[other] Too many requests came from where you are: wait { $seconds } seconds and send it again.
}
form-unreadable = The form cannot be read: it is cut off, or names no boundary. Send it again.
address-of-page-unreadable = The address holds a character that no address can hold: check it and try again.
subscribe-accepted = Check the inbox and press the link in the mail to confirm.
failure-not-found-title = There is nothing here
failure-not-found = This address leads nowhere: check it for a slip of the pen, or start from the front page.
failure-token-title = This link does not work
failure-token = It may be incomplete, out of date or made for another page: open it from the newest mail again, or subscribe afresh on the front page.
failure-unavailable-title = Out of reach for a moment
failure-unavailable = A part of this service is not answering: try again in a minute.
failure-internal-title = Something broke on our side
failure-internal = The fault has been noted and it was not yours: try again in a minute.
failure-refused-title = That request cannot be read
failure-refused = What was sent cannot be read here: go back and try once more, or start from the front page.
failure-too-large = That is more than is taken here: go back and try once more, or start from the front page.
failure-method-title = That does not work here
failure-method = This page cannot be used in that way: go back and try once more, or start from the front page.
failure-unsigned-title = That is not signed
failure-unsigned = The request is not signed as it should be: sign it, and send it again.
failure-limited-title = A little too fast
failure-limited = Too many requests came from where you are: wait a moment and send it again.
failure-unusable-title = That cannot be used as it is
failure-unusable = What was sent cannot be used: correct it, and send it again.
failure-busy-title = Too busy for a moment
failure-busy = Too much is asked of this service at once: try again in a minute.

## The topics that ship

topic-name-language-models = Language models
topic-about-language-models = Pre-training, post-training, architecture and behaviour of text models.
topic-name-reasoning = Reasoning
topic-about-reasoning = Chains of thought, verifiers, mathematics and logic by models, search at test time.
topic-name-agents = Agents
topic-about-agents = Systems that act over several steps with tools, computers, browsers, memory and other agents.
topic-name-code = Code and software
topic-about-code = Writing, repairing, testing and understanding programs; software engineering.
topic-name-reinforcement-learning = Reinforcement learning
topic-about-reinforcement-learning = Learning from reward: methods and understanding, RLHF and verifiable rewards included.
topic-name-vision = Computer vision
topic-about-vision = Seeing: recognition, segmentation, detection, tracking, depth, image and video understanding.
topic-name-generation = Image and video generation
topic-about-generation = Making and editing images, video and motion.
topic-name-3d = 3D and scenes
topic-about-3d = Reconstruction, splatting, meshes, simulation of scenes, novel views.
topic-name-multimodal = Multimodal models
topic-about-multimodal = Models that join language with images, video and sound.
topic-name-speech-audio = Speech and audio
topic-about-speech-audio = Speech recognition and synthesis, music and sound.
topic-name-robotics = Robotics and embodiment
topic-about-robotics = Robots, manipulation, navigation of bodies, vision-language-action models, driving.
topic-name-safety = Safety and alignment
topic-about-safety = Harm, jailbreaks, guardrails, honesty, alignment with values, oversight.
topic-name-interpretability = Interpretability
topic-about-interpretability = What happens inside models: circuits, features, probing, attribution.
topic-name-systems = Efficiency and systems
topic-about-systems = Cheaper and faster training and inference: quantisation, sparsity, caches, kernels, serving, small models.
topic-name-data = Data and benchmarks
topic-about-data = Data sets, benchmarks and methods of evaluation.
topic-name-retrieval = Search and recommendation
topic-about-retrieval = Retrieval, RAG, embeddings, ranking, recommender systems.
topic-name-theory = Theory and optimisation
topic-about-theory = Proofs, bounds, optimisers, learning dynamics, statistics of learning.
topic-name-graphs-and-time = Graphs, tables and time series
topic-about-graphs-and-time = Learning on graphs and tables, forecasting, anomaly detection.
topic-name-science-medicine = Science and medicine
topic-about-science-medicine = Physics, chemistry, biology, medicine and mathematics done with learning; automated research.
topic-name-people = People and society
topic-about-people = Human-computer interaction, education, law, economics and social science with models and about them.
topic-name-security = Security and privacy
topic-about-security = Attacks, defences, privacy, watermarks, unlearning, federated learning.
topic-name-mathematics = Mathematics
topic-about-mathematics = All of mathematics on arXiv.
topic-name-statistics = Statistics
topic-about-statistics = All of statistics on arXiv.
topic-name-physics = Physics
topic-about-physics = Physics on arXiv, from condensed matter to high energies.
topic-name-astronomy = Astronomy
topic-about-astronomy = All of astrophysics on arXiv.
topic-name-quantum = Quantum physics
topic-about-quantum = All of quantum physics on arXiv, quantum computing included.
topic-name-computer-science = Computer science
topic-about-computer-science = What no topic above takes of arXiv's computer science.
topic-name-economics-and-finance = Economics and finance
topic-about-economics-and-finance = All of economics and quantitative finance on arXiv.
topic-name-quantitative-biology = Quantitative biology
topic-about-quantitative-biology = All of quantitative biology on arXiv.
topic-name-electrical-engineering = Electrical engineering
topic-about-electrical-engineering = All of electrical engineering and systems science on arXiv.
