# Deutsch. Leser werden mit „Sie“ angeredet, im Ton einer Zeitung.

## Small words

papers = { $papers ->
    [one] { $papers } Artikel
   *[other] { $papers } Artikel
}
votes = { $votes ->
    [one] { $votes } Stimme
   *[other] { $votes } Stimmen
}
authors-two = { $first } und { $second }
authors-more = { $first } und { $others } weitere
label-with-colon = { $label }:
comma = {", "}
semicolon = {"; "}
link-paper = Artikel
link-pdf = PDF
link-code = Code
link-project = Projekt
link-read = Lesen
imprint = Impressum
privacy = Datenschutz
contact = Kontakt
unsubscribe = Abbestellen
preferences = Einstellungen

## Why a paper is here

reason-in-hours = { $hours ->
    [one] in einer Stunde
   *[other] in { $hours } Stunden
}
reason-in-days = { $days ->
    [one] an einem Tag
   *[other] in { $days } Tagen
}
reason-ahead = { $within }, mehr als { $ahead } von 100 gleich alten Artikeln
reason-first = { $within }, mehr als jeder andere gleich alte Artikel
reason-authors = Von { $names }, deren Artikel hier schon gut ankamen
reason-organisation = Von { $name }: Artikel von dort kamen hier schon gut an
reason-code = Code verfügbar
reason-project = Mit Projektseite
reason-media = Gezeigt in Bildern oder einem Film
reason-follow = Sie folgen { $name }
reason-search = passt zu Ihrer Suche: { $search }
withdrawn = Zurückgezogen
back-since = Wieder da: stand in der Ausgabe vom { $day }
back-had = Wieder da: weit mehr im Gespräch, als zu erwarten war, als Sie ihn bekamen
new-today = Heute neu
reason-top = { $share ->
   *[other] Unter den besten { $share } % seines Alters
}
reason-comments = { $comments ->
    [one] { $comments } Kommentar
   *[other] { $comments } Kommentare
}

## Forecasts

chance-high = sehr wahrscheinlich
chance-good = wahrscheinlich
chance-fair = möglich
fresh-authors-of = { $authors ->
    [one] von einem der Autoren von { $paper }
   *[other] von { $authors } der Autoren von { $paper }
}
fresh-authors-listed = { $authors ->
    [one] von einem Autor, dessen Artikel schon gelistet waren
   *[other] von { $authors } Autoren, deren Artikel schon gelistet waren
}
fresh-paper-votes = { $name } ({ $votes })
fresh-some-paper = einem früher gelisteten Artikel
fresh-some-paper-votes = einem Artikel mit { $votes }
fresh-record = { $listed } von { $picks } aus der Zeit { $days } trafen ein

## What a reader chose

clock = Ortszeit { $place }
frequency-daily = jeden Tag
frequency-weekdays = montags bis freitags
frequency-weekly = jeden { $day }
choice = { $what }, { $when } um { $hour }, { $clock }
choice-all = das Beste aus allen Themen
choice-followed = was es Neues gibt von dem, dem Sie folgen
moment = { $day } um { $hour }, { $clock }
follow-author = neue Artikel von { $label }
follow-organisation = neue Artikel aus { $label }
follow-topic = das Thema { $label }
follow-not = keine Artikel zu „{ $label }“
follow-search = neue Artikel zur Suche „{ $label }“

## The digest

digest-subject = { $others ->
    [0] { $title }
   *[other] { $title } und { $others } weitere
}
digest-subject-sample = Muster: { $subject }
digest-minutes = { $minutes ->
    [one] { $minutes } Minute
   *[other] { $minutes } Minuten
}
digest-all-papers = Alle Artikel
digest-wish-all = alle Artikel
digest-wish-followed = das, dem Sie folgen
digest-wish-topics = { $topics } Themen
digest-wish-both = { $wish } sowie { $beside }
digest-searches = { $searches ->
    [one] eine Suche
   *[other] { $searches } Suchen
}
digest-names = { $names ->
    [one] einen Namen
   *[other] { $names } Namen
}
digest-both = { $first } und { $second }
digest-part-search = Ihre Suche
digest-part-followed = dem Sie folgen
digest-best-of-week = Die { $papers } besten der Woche
digest-some-of = { $papers } von { $all }
digest-new-count = { $papers } neu
digest-in-brief = Kurz gemeldet
digest-by = Neu von { $name }
digest-from = Neu aus { $name }
digest-search = Ihre Suche: { $search }
digest-sample = <strong>Muster.</strong> Diese Artikel liegen dem Programm bei und zeigen, wie eine Sendung aussieht. Sie sind keine Nachrichten von heute.
digest-sample-text = MUSTER: Diese Artikel liegen dem Programm bei und zeigen, wie eine Sendung aussieht. Sie sind keine Nachrichten von heute.
digest-read-paper = Artikel lesen
digest-read-more = Weiter
digest-more-like-this = Mehr davon
digest-not-for-me = Nichts für mich
digest-fresh = Frisch heute Morgen
digest-forecast = Eine Vorhersage, noch ohne Stimmen.
digest-forecast-record = Eine Vorhersage, noch ohne Stimmen; { $record }.
digest-leave-out = Weglassen
digest-if-you-liked = Wenn Ihnen Nr. 1 gefiel
digest-more = { $papers } weitere
digest-others = { $papers ->
    [one] { $papers } weiterer
   *[other] { $papers } weitere
}
digest-asked = Sie haben bei <site>{ $site }</site> auf { $host } bestellt: { $wish }. { $told }
digest-asked-site = Sie haben bei { $site } auf { $host }
digest-asked-wish = bestellt: { $wish }.
digest-told-authors = Was neu ist, steht da in den Worten der Autoren.
digest-told-others = Was neu ist, sagen { $names } oder die Autoren selbst.
digest-browser = Im Browser ansehen
digest-website = Website

## Notices

notice-button-fails = Wenn der Knopf nicht geht, öffnen Sie diese Adresse:
notice-did-not-ask = Das waren nicht Sie? Dann ist nichts zu tun. Wollen Sie keine Post mehr von uns, bestellen Sie ab:

confirm-subject = Bestätigen Sie Ihr Abonnement von { $site }
confirm-preheader = Ein Klick, und die nächsten Artikel kommen an diese Adresse.
confirm-heading = Bitte bestätigen Sie Ihre Adresse
confirm-asked = Jemand, vermutlich Sie, hat { $site } gebeten, neue Forschungsartikel an diese Adresse zu schicken: { $choices }.
confirm-next = Bestätigen Sie jetzt, so kommt die aktuelle Ausgabe sofort, wenn sie für Sie Neues enthält, die nächste am { $next }.
confirm-button = Abonnement bestätigen
confirm-ignore = Das waren nicht Sie? Dann beachten Sie diese Mail nicht, und Sie hören nichts mehr von uns.

already-subject = Sie haben { $site } schon abonniert
already-preheader = Ihre Sendungen kommen weiter wie bisher.
already-heading = Sie sind schon Abonnent
already-asked = Jemand, vermutlich Sie, hat { $site } gebeten, neue Forschungsartikel an diese Adresse zu schicken. Das geschieht schon, und nichts hat sich geändert: Ihre Sendungen kommen weiter wie bisher.
already-get = Sie bekommen { $choices }.
already-button = Einstellungen ändern

offer-subject = Zu Ihren Sendungen von { $site } hinzufügen?
offer-preheader = Ein Klick fügt es zu dem hinzu, was Sie schon bekommen.
offer-heading = Sollen Ihre Sendungen davon berichten?
offer-asked = Jemand, vermutlich Sie, hat { $site } gebeten, dieser Adresse zu melden: { $words }.
offer-get = Sie bekommen bereits { $choices }, und nichts hat sich geändert. Fügen Sie es hinzu, und Ihre nächsten Sendungen enthalten es auch.
offer-button = Zu meinen Sendungen hinzufügen

move-subject = Bei { $site } wurde eine neue Adresse gewünscht
move-preheader = Ihre Sendungen sollen an eine andere Adresse gehen.
move-heading = Ihre Sendungen sollen umziehen
move-asked = Über einen Link aus Ihrer Post wurde { $site } gebeten, Ihre Sendungen an eine andere Adresse zu schicken. Auch sie bekommt eine Mail: Sobald Sie hier zustimmen und dort bestätigt wird, bekommt diese Adresse nichts mehr.
move-how = Auf der Seite hinter diesem Knopf können Sie binnen einer Woche zustimmen oder den Wechsel anhalten.
move-button = Zustimmen oder anhalten
move-ignore = Das waren nicht Sie? Dann halten Sie es dort an, oder beachten Sie diese Mail nicht: Ohne Ihr Wort ändert sich nichts.

here-subject = Bestätigen Sie Ihre neue Adresse bei { $site }
here-preheader = Ein Klick hier, einer bei der alten Adresse, und die Artikel kommen hierher.
here-heading = Sollen die Artikel hierher kommen?
here-asked = Ein Leser von { $site }, vermutlich Sie, bat, seine Sendungen an diese Adresse zu schicken: { $choices }.
here-how = Das geschieht, sobald Sie hier bestätigen und in der Mail an die alte Adresse zustimmen, beides binnen einer Woche. Kommen an diese Adresse schon Artikel, so treten diese an ihre Stelle.
here-button = Neue Adresse bestätigen
here-ignore = Das waren nicht Sie? Dann beachten Sie diese Mail nicht, und nichts ändert sich.

## Every page

site-skip = Zu den Artikeln
site-forecasts = { $forecasts ->
    [one] { $forecasts } Vorhersage
   *[other] { $forecasts } Vorhersagen
}
site-nav = Website
site-today = Heute
site-front = Titelseite
site-topics = Themen
site-archive = Archiv
site-search = Suche
site-more = Mehr
site-subscribe = Abonnieren
site-atom = Atom-Feed
site-json = JSON-Feed
site-api = API
site-footer = { $site } sammelt neue Forschungsartikel, sieht, welche im Gespräch sind, und stellt sie zu.
error-number = Fehler { $status }
error-front = Zur Titelseite

## Papers in lists

card-summary = Zusammenfassung: { $by }
card-link-of = { $link }: { $title }
edition-sample = Muster
edition-sample-note = <strong>Eine Musterausgabe.</strong> Diese Artikel sind echt; sie liegen dem Programm bei und zeigen, wie eine Ausgabe aussieht. Die erste eigene Ausgabe wird gerade gesammelt und tritt an ihre Stelle.
turn-label = Weiterlesen
side-label = Daneben
curve-usual = üblich

## The form

form-none-ticked = Nichts angekreuzt: das Beste von allem.
form-how-often = Wie oft
form-once-a-week = Einmal die Woche
form-if-weekly = Wenn wöchentlich, am
form-forecasts = Vorhersagen
form-forecasts-morning = Vorhersagen des Morgens
form-email = Ihre E-Mail-Adresse
form-decoy = Bitte leer lassen
follow-tell-me = Neues davon melden
follow-button = Folgen
follow-pitch = Post an Tagen, die { $words } bringen.
form-free = Kostenlos. Sie bestätigen per Mail, und ein Klick beendet es.
form-did-you-mean = Meinten Sie { $address }?
form-yes-use = Ja, { $address } nehmen
form-no-right = Nein, { $address } stimmt
form-challenge = Ihr Browser rechnet kurz und schickt dieses Formular in einigen Sekunden selbst ab. Geschieht nichts, drücken Sie nach { $hour } UTC auf Abonnieren.
form-topics-and-days = Themen und Tage
form-unless = Wenn Sie nichts anderes sagen:
form-subscribe = Abonnieren
form-at = Um
form-time-zone = Zeitzone
form-pitch = Die Artikel, über die alle reden, in Ihrem Postfach.
form-topics-and-time = Themen und Uhrzeit

## The front page

front-gathering = Die erste Ausgabe wird gerade gesammelt
front-reading = { $site } liest jetzt seine Quellen. Sobald es Artikel gibt, stehen die besten hier; abonnieren Sie, und sie kommen zu Ihnen.
front-old = Die Ausgabe vom { $day }: Seither kam keine neuere.
front-nothing = An diesem Tag war nichts Neues im Gespräch.
fresh-on = Frisch am <time>{ $day }</time>
fresh-forecast = Eine Vorhersage: eben angekündigt, noch ohne Stimmen, bald wohl im Gespräch.
fresh-all = Alle Vorhersagen dieses Morgens
front-by-topic = Nach Themen
form-all-topics = Alle Themen
front-rising = Weiter im Steigen
front-rest = Der Rest
front-one-list = Als eine Liste
front-earlier = Frühere Ausgaben
front-archive = Das Archiv

## Editions

editions-title = Alle Ausgaben
editions-about = Eine am Tag, festgehalten, wie sie zugestellt wurde.
editions-none = Die erste Ausgabe wird gerade gesammelt. Sie steht hier, sobald es Artikel gibt.
period-best = Das Beste: { $period }
editions-older = Ältere Ausgaben
edition-days = <first>{ $from }</first> bis <last>{ $until }</last>
edition-papers-of-days = Die Artikel dieser Tage: { $count }
edition-papers-of-day = Die Artikel des Tages: { $count }
edition-none-of-topic = { $topics ->
    [one] Zu diesem Thema war kein Artikel in der Ausgabe dieses Tages.
   *[other] Zu diesen Themen war kein Artikel in der Ausgabe dieses Tages.
} Seine anderen Listen stehen daneben, andere Tage im <archive>Archiv</archive>.
edition-lists = Listen dieses Tages
edition-around = Die Tage ringsum
edition-fresh = Frisch: was wohl bald im Gespräch ist
period-about = Das Beste dieser Tage, nach den Stimmen, die die Artikel inzwischen haben.
period-days = Tag für Tag
period-parts = Dieselben Tage anders geteilt

## Fresh

fresh-title = Frisch
fresh-about = Eine Vorhersage, noch ohne Stimmen: eben angekündigte Artikel, die wohl bald im Gespräch sind.
fresh-edition = <edition>Die Ausgabe jenes Tages</edition> hat, was schon im Gespräch ist.
fresh-none = Nichts vom Angekündigten ist wahrscheinlich genug, um genannt zu werden.
fresh-not-yet = Noch gibt es keine Vorhersage: Die erste kommt mit der ersten Ausgabe, nachdem arXiv gelesen wurde.
fresh-record-title = Was aus den Vorhersagen wurde
fresh-record-long = Von den ersten { $picks } Vorhersagen von <first>{ $from }</first> bis <last>{ $until }</last> waren { $listed } binnen einer Woche gelistet.
fresh-came-true = Eingetroffen
fresh-missed = Verfehlt: die besten der Listen, die nicht vorhergesagt waren

## Papers

paper-more-authors = und { $authors } weitere
paper-other-authors = und { $authors } andere
paper-withdrawn = <strong>Zurückgezogen.</strong> Dieser Artikel wurde zurückgenommen; warum, sagt die Seite mit seiner Kurzfassung.
paper-new = Was neu ist
paper-read = Auf arXiv lesen
paper-abstract = Kurzfassung
paper-filed = Einsortiert unter
paper-words = Wörter:
paper-cite = Zitieren
paper-votes = Stimmen
paper-dotted = Gepunktet: der mittlere Artikel der Liste seines Tages
paper-told = In der Ausgabe vom { $day }:
paper-facts = Fakten
paper-places = Wo er stand
paper-rank = Nr. { $rank } von { $papers }
paper-related = Verwandtes

## Names and topics

name-author = Autor
name-organisation = Organisation
name-papers = <count>{ $papers ->
    [one] { $papers } Artikel
   *[other] { $papers } Artikel
}</count> unter diesem Namen, die neuesten zuerst.
name-people = Menschen gleichen Namens stehen hier beisammen.
name-older = Ältere Artikel
name-best = Die meisten Stimmen
topic-label = Thema
topic-mail = Per Mail bekommen
topic-none = Noch keine Ausgabe zu diesem Thema. Die erste entsteht, sobald Artikel dazu im Gespräch sind.
topic-best = Die meisten Stimmen in 30 Tagen
topics-about = Jedem kann man per Mail oder per Feed folgen.
topics-counted = Gezählt in der Ausgabe vom <time>{ $day }</time>.

## Search

search-label = Wörter, ein Name, eine arXiv-Nummer oder ein Link
search-button = Suchen
search-hint = “ein Ausdruck” · -nicht · a or b · author: · org: · topic: · category: · code:yes · after:2026-05 · before:
search-try = Versuchen Sie weniger Wörter oder eine andere Schreibweise. Nur Artikel, die { $site } gesehen hat, sind hier zu finden.
search-narrow = Suche eingrenzen
search-more = Weitere Artikel

## What a reader follows

preferences-saved = <strong>Gespeichert.</strong> Es gilt von der nächsten Sendung an.
follow-shall = Sollen Ihre Sendungen Ihnen melden: { $words }?
follow-all-preferences = Alle Einstellungen
follow-title = Wem und was Sie folgen
follow-hint = Die neuen Artikel jedes Tages werden danach durchgesehen und stehen in Ihrer Sendung unter eigenen Überschriften.
follow-remove-label = { $label } entfernen
follow-remove = Entfernen
follow-for-search = zu einer Suche
follow-by-author = von einem Autor
follow-from-organisation = aus einer Organisation
follow-keep-out = dies nicht: fernhalten
follow-words = Wörter wie in der Suche, oder ein Name
follow-add = Hinzufügen
follow-search-hint = “ein Ausdruck” · -nicht · a or b · author: · org: · topic: · category: · code:yes
follow-is-only = Ihre Sendungen enthalten nur dies und nichts von den Themen.
follow-beside = Es kommt zu den Artikeln Ihrer Themen hinzu.
follow-topics-too = Auch meine Themen schicken
follow-only-this = Nur dies schicken
follow-seed = Mit dem beginnen, was Sie lesen: Links, BibTeX, Zotero
seed-read = { $papers ->
    [one] Ein Artikel wurde gelesen.
   *[other] { $papers } Artikel wurden gelesen.
} Kreuzen Sie an, wovon Sie hören wollen: Sonst wird nichts behalten, auch die Liste selbst nicht.
seed-nothing = Nichts darin sticht heraus, dem Sie nicht schon folgen.
seed-follow = Dem Angekreuzten folgen
seed-about = Zeigen Sie einige Artikel, die Sie kennen, und daraus werden Themen, Autoren und Suchen vorgeschlagen. Behalten wird nur, was Sie dann ankreuzen.
seed-text = Links oder Nummern von arXiv, eine oder viele
seed-file = Oder eine Datei, wie Zotero sie ausgibt: BibTeX, RIS, RDF, CSL-JSON, JSON oder CSV, bis 3 MB
seed-propose = Vorschlagen

## Preferences

preferences-title = Ihre Artikel, wie Sie wollen
preferences-none = Zurzeit kommt keine Sendung zu Ihnen: Diese Einstellungen warten, bis Sie <again>wieder abonnieren</again>.
preferences-address = Alles geht an <strong>{ $address }</strong>.
preferences-length = Länge
preferences-pause = Pause bis
preferences-pause-hint = vor diesem Tag keine Sendung; leer: keine Pause
preferences-zone-hint = zum Suchen eine Stadt tippen
preferences-use-zone = Die Zone dieses Browsers nehmen
preferences-use-place = { $place } nehmen, wie dieser Browser sagt
preferences-save = Speichern
taste-title = Was Sie zu Artikeln sagten
taste-about = Ihre Sendungen sind nach den Stimmen der Artikel geordnet und nach { $says ->
    [one] dem, was Sie zu einem Artikel sagten
   *[other] dem, was Sie zu { $says } Artikeln sagten
}. Dies ist alles, was daraus wurde; ändern Sie eine Zeile, oder lassen Sie es vergessen.
taste-save = Diese Zeilen speichern
taste-forget = Alles vergessen, was ich sagte
address-title = Eine andere Adresse
address-asked = <strong>Angefragt.</strong> Wenn jene Adresse taugt, ist eine Mail an sie unterwegs: Drücken Sie binnen einer Woche den Link darin. Eine Mail an { $address } sagt, wie man es anhält.
address-to = Meine Sendungen schicken an
address-ask = Beide Postfächer fragen
data-title = Ihre Daten
data-about = Alles, was über Sie gespeichert ist, und wie es endet. Kein Öffnen und kein Klick wird je gezählt.
data-download = Meine Daten laden
erase-button = Mich löschen

## In the head of pages, and lists

editions-description = Jede Tagesausgabe von { $site }, die neuesten zuerst.
period-description = Die Artikel der Zeit { $period }, die am Ende die meisten Stimmen hatten, von allen, die { $site } zustellte.
period-before = Davor
period-after = Danach
edition-days-plain = { $from } bis { $until }
edition-description = Die Artikel: { $days }, wie { $site } sie zustellte.
edition-description-topics = Die Artikel: { $days } zu { $names }, wie { $site } sie zustellte.
edition-foretold = Eine Vorhersage jenes Morgens
edition-in = In der Ausgabe vom { $day }
edition-of = (Ausgabe vom { $day })
fresh-title-on = Frisch am { $day }
fresh-description = Eben angekündigte Artikel, die wohl bald im Gespräch sind, und was aus früheren Vorhersagen wurde.
front-description = Die Forschungsartikel, über die alle reden, täglich ausgewählt und zur Stunde Ihrer Wahl in Ihrem Postfach.
front-since = { $votes } seit { $day }
front-no-papers = Es gibt keine Ausgabe vom { $day }: Neue Artikel kamen nicht. Die nächste ist fällig am { $next }; bis dahin war dies die letzte.
follow-group-search = Suchen
follow-group-author = Autoren
follow-group-organisation = Organisationen
follow-group-not = Aus Ihren Sendungen ferngehalten
follow-group-topic = Themen
seed-title = Mit dem beginnen, was Sie lesen
seed-none = Darin fand sich kein Artikel. Fügen Sie Links oder Nummern von arXiv ein, oder wählen Sie eine Datei, wie Zotero sie ausgibt (BibTeX, RIS, RDF, CSL-JSON, JSON oder CSV), mit höchstens 3 MB.
name-about-author = Artikel von { $name }, die neuesten zuerst, wie { $site } sie sammelte.
name-about-organisation = Artikel aus { $name }, die neuesten zuerst, wie { $site } sie sammelte.
topics-description = Alles, dem man bei { $site } folgen kann, per Mail oder per Feed.
topic-offer = neue Artikel zu diesem Thema
topic-first-on = zuerst am { $day }
feed-about = Die Forschungsartikel, über die alle reden, täglich ausgewählt.
feed-note = Ein Wort zur Ausgabe vom { $day }
feed-why = Warum er hier steht: { $reasons }.

paper-discussion = Diskussion
paper-above = Darüber
paper-below = Darunter
paper-edition = Die Ausgabe
paper-edition-of = { $day }: { $papers }
votes-upvotes = { $votes ->
    [one] Stimme auf Hugging Face, gezählt am { $day }
   *[other] Stimmen auf Hugging Face, gezählt am { $day }
}
votes-points = { $votes ->
    [one] Punkt auf Hacker News, gezählt am { $day }
   *[other] Punkte auf Hacker News, gezählt am { $day }
}
fact-counted = { $metric } auf { $place }
fact-upvotes = Stimmen
fact-comments = Kommentare
fact-stars = Sterne
fact-points = Punkte
fact-published = Veröffentlicht
fact-first-seen = Hier zuerst gesehen
paper-version = Version { $version }
paper-version-of = Version { $version } vom { $day }
paper-version-first = { $told }; die erste vom { $day }
paper-version-at = { $version } bei arXiv
curve-days = Stimmen vom { $from } bis { $until }:
curve-after-a-day = { NUMBER($votes) } nach einem Tag,
curve-end = { NUMBER($votes) } am Ende.
curve-middle = { NUMBER($votes) } am Ende; der mittlere Artikel der Liste hatte { NUMBER($usual) }.

search-title = Suche: { $query }
search-feed-about = Neue Artikel zur Suche „{ $query }“.
search-atom = Atom-Feed dieser Suche
search-offer = neue Artikel zu dieser Suche
search-none = Kein Artikel passt.
search-none-read = Keiner der gelesenen Artikel passt.
search-more-than = Mehr als { NUMBER($papers) } Artikel
misread-nothing-after = Nach „{ $filter }:“ steht nichts.
misread-no-day = „{ $filter }:{ $text }“ ist kein Tag: Schreiben Sie { $filter }:2026-05-29, { $filter }:2026-05 oder { $filter }:2026.
misread-days = Kein Tag liegt ab dem { $after } und vor dem { $before }.
misread-long = Nur die ersten { $characters } Zeichen wurden gelesen.
misread-many = Nur nach den ersten { $words } Wörtern wurde gesucht.
misread-only-not = Sagen Sie auch, was zu finden ist, nicht nur, was wegbleiben soll.
misread-no-topic = Es gibt kein Thema „{ $topic }“: Alle Themen stehen unter /topics.
search-corrected = „{ $to }“ statt „{ $from }“
search-showing = Gezeigt werden Treffer für { $changed }: So, wie Sie es schrieben, hat es kein Artikel.
search-relaxed = Kein Artikel hat alle diese Wörter: Diese haben die meisten davon.
search-numbers = Die Zahlen daneben gelten für die besten { NUMBER($papers) }.
search-without-filters = Ohne Filter: { $query }
search-any-order = Die Wörter in beliebiger Folge: { $query }
search-any-word = Eines der Wörter: { $query }
search-with-code = Mit Code

## Pages behind the links of a mail

here-page-how = Ein Druck, und Ihre Sendungen kommen an die Adresse, bei der Sie dies öffneten, sobald auch die alte zustimmt.
here-page-replaces = Kommen dorthin schon Artikel, so treten diese an ihre Stelle.
stay-title = Sollen Ihre Sendungen umziehen?
stay-where = Sie sollen an eine andere Adresse gehen, und keine mehr an die, bei der Sie dies öffneten.
stay-how = Sie ziehen um, wenn Sie hier zustimmen und auch die neue Adresse bestätigt ist. Das waren nicht Sie? Dann halten Sie es an.
stay-agree = Dem Wechsel zustimmen
stay-stop = Den Wechsel anhalten
stay-or = Oder sie kommen weiter hierher:
stay-press = Ein Druck, und Sie stimmen zu: Sie gehen an die neue Adresse, sobald sie auch dort bestätigt ist.
moved-title = Ihre Sendungen sind umgezogen
moved-from = Von der nächsten Sendung an kommen sie an die neue Adresse und keine mehr an die alte.
moved-old-title = Auch die alte Adresse muss zustimmen
moved-old = Die neue Adresse ist bestätigt. Die, an die Ihre Sendungen bisher kommen, bekam eine Mail mit einem Link: Stimmen Sie dort zu, und sie ziehen um.
moved-new-title = Auch die neue Adresse muss bestätigt werden
moved-new = Sie haben zugestimmt. Die neue Adresse bekommt eine Mail mit einem Link: Bestätigen Sie dort, und Ihre Sendungen ziehen um.
moved-until = Bis dahin ändert sich nichts. Nach einer Woche muss der Wechsel neu gewünscht werden.
stayed-title = Nichts ändert sich

say-undo = Zurücknehmen
say-ask-more = Mehr davon?
say-ask-less = Nichts für Sie?
say-ask-undo = Zurücknehmen?
say-effect-more = Artikel mit denselben Themen, Wörtern oder Autoren stehen in Ihren Sendungen höher, sobald Sie es von mehreren gesagt haben.
say-effect-less = Artikel mit denselben Themen, Wörtern oder Autoren stehen in Ihren Sendungen tiefer, sobald Sie es von mehreren gesagt haben.
say-effect-undo = Ein Druck, und es ist, als hätten Sie zu diesem Artikel nichts gesagt.
say-bound = Nr. 1 eines Tages kommt immer, und einige der anderen allein durch ihre Stimmen.
say-said-more = Sie sagten dazu: mehr davon.
say-said-less = Sie sagten dazu: nichts für mich.
say-paper = „{ $title }“
say-done-more = Mehr davon
say-done-less = Weniger davon
say-done-undo = Zurückgenommen
say-where = Der Link „Einstellungen“ in Ihrer Mail zeigt, was daraus wurde.
say-slip = Verdrückt?
say-counts-nothing = Von Ihrer nächsten Sendung an zählt dieser Artikel nichts.
say-noted = Notiert. Es zählt, sobald Sie dasselbe von weiteren solchen Artikeln sagten.
say-count-for = Von Ihrer nächsten Sendung an spricht dies für einen Artikel: { $names }.
say-count-against = Von Ihrer nächsten Sendung an spricht dies gegen einen Artikel: { $names }.

preferences-get = { $papers ->
   *[other] Sie bekommen { $choices }, bis zu { $papers } Artikel auf einmal.
}
erase-title = Alles löschen?
erase-press = Ein Druck, und Ihre Adresse, Ihre Wahl und alles, was Sie zu Artikeln sagten, sind fort. Keine Sendung kommt mehr.
erase-stays = Was bleibt, ist eine Zahl ohne Person, mit der gezählt wird, wie viele Sendungen hinausgingen.
erased-title = Sie sind gelöscht
erased-nothing = Nichts von Ihnen ist hier gespeichert.
standing-empty = Für { $day } kam zu Ihren Themen nichts Neues, daher ging keine Sendung hinaus.
standing-rest = Ihre Sendungen ruhen bis { $day }.
standing-next = Die nächste Sendung ist fällig am { $next }.
taste-much-more = Viel mehr
taste-more = Mehr
taste-no-matter = Gleichgültig
taste-less = Weniger
taste-much-less = Viel weniger
taste-topic = Thema
taste-word = Wort
taste-author = Autor
taste-as-i-say = Wie ich zu Artikeln sage
taste-as-i-said = Wie ich sagte: { $weight }

confirm-page-title = Sollen die Artikel kommen?
confirm-page-asked = Sie wünschten: { $choices }.
confirm-page-press = Ein Druck, und sie kommen: die aktuelle Ausgabe sofort, wenn sie für Sie Neues enthält, die nächste am { $next }. Jede hat einen Link, der es beendet.
confirm-page-button = Mein Abonnement bestätigen
confirmed-title = Sie sind Abonnent
confirmed-coming = Die aktuelle Ausgabe ist unterwegs in Ihr Postfach.
confirmed-had = Die aktuelle Ausgabe hatten Sie schon, sie kommt also nicht noch einmal.
confirmed-nothing = Die nächste Ausgabe, die etwas für Sie enthält, steht noch aus.
confirmed-already = Das waren Sie schon, und nichts hat sich geändert.
confirmed-next = Die nächste Sendung kommt am { $next }.
confirmed-next-unknown = Die nächste Sendung kommt, sobald ihre Ausgabe fertig ist.
confirmed-get = Sie bekommen { $choices }. Jede Mail hat einen Link, um das zu ändern, und einen, um es zu beenden.
back-title = Sollen die Artikel wieder kommen?
back-press = Ein Druck, und sie kommen, wie es hier steht.
back-done = Sie sind wieder Abonnent
leave-title = Keine Artikel mehr?
leave-press = Ein Druck, und keine Sendung kommt mehr zu Ihnen.
left-title = Sie haben abbestellt
left-thanks = Keine Sendung kommt mehr zu Ihnen. Danke fürs Lesen.
left-changed = Anders überlegt?
left-again = Wieder abonnieren
left-less = Oder reichte weniger davon?
left-fewer = Fünf Artikel auf einmal
left-pause = Vier Wochen Pause
left-question = Eine Frage, wenn Sie mögen: Warum gingen Sie?
why-title = Warum gingen Sie?
why-say = Das sagen
why-thanks = Danke, dass Sie es sagten
why-kept = Es wird als ein Wort behalten, und Sie bleiben abgemeldet.
why-too-many = Zu viele Mails
why-not-my-field = Nicht mein Gebiet
why-found-elsewhere = Ich lese Artikel anderswo
why-no-time = Keine Zeit zum Lesen
why-press-too-many = Ein Druck sagt: zu viele Mails.
why-press-not-my-field = Ein Druck sagt: nicht mein Gebiet.
why-press-found-elsewhere = Ein Druck sagt: Ich lese Artikel anderswo.
why-press-no-time = Ein Druck sagt: keine Zeit zum Lesen.

## Subscribing

subscribe-almost = Fast geschafft
subscribe-look = Etwas im Formular braucht noch einen Blick; was Sie eingaben, steht noch da.
subscribe-moment = Einen Moment
subscribe-many = Aus Ihrem Netz kamen in der letzten Stunde viele Anmeldungen, daher muss diese zeigen, dass sie von keiner Maschine ist.
subscribe-inbox = Sehen Sie in Ihr Postfach
subscribe-on-its-way = Eine Mail an die angegebene Adresse ist unterwegs. Drücken Sie den Link darin, und die Artikel folgen.
subscribe-nothing = { $minutes ->
    [one] Nach einigen Minuten nichts da? Sehen Sie beim Spam nach. Eine Minute nach einer Mail schickt das Formular eine weitere.
   *[other] Nach einigen Minuten nichts da? Sehen Sie beim Spam nach. { $minutes } Minuten nach einer Mail schickt das Formular eine weitere.
}
form-topics = { $topics } Themen
form-language = Sprache
form-zone-yours = Ihre
region-universal = Weltzeit
region-africa = Afrika
region-america = Amerika
region-antarctica = Antarktis
region-arctic = Arktis
region-asia = Asien
region-atlantic = Atlantik
region-australia = Australien
region-europe = Europa
region-indian = Indischer Ozean
region-pacific = Pazifik

## What went wrong

address-unlike = Das sieht nicht wie eine E-Mail-Adresse aus: Sie sollte lauten wie name@example.org.
address-not-public = Diese Adresse liegt nicht im öffentlichen Internet. Nehmen Sie eine, deren Domain endet wie example.org.
input-topic = Es gibt kein Thema namens „{ $topic }“. Wählen Sie aus den Themen der Website.
input-frequency = Die Häufigkeit muss eine von diesen sein: { $known }.
input-timezone = Diese Zeitzone kennen wir nicht. Nehmen Sie einen Namen wie Europe/Berlin oder America/New_York.
input-hour = Die Stunde muss eine ganze Zahl von 0 bis 23 sein.
input-length = Eine Sendung enthält { $known } Artikel: Wählen Sie eine dieser Zahlen.
input-weekday = Der Wochentag muss eine ganze Zahl von 1 (Montag) bis 7 (Sonntag) sein.
input-language = Diese Sprache gibt es nicht: Wählen Sie eine von { $known }.
input-pause-day = Der Tag, an dem die Pause endet, muss einer des Kalenders sein, wie 2026-08-01.
input-pause-long = Eine Pause kann ein Jahr dauern: Wählen Sie einen Tag darin, oder bestellen Sie ab.
input-follow = Sagen Sie, wem zu folgen ist: einer Suche, einem Autor, einer Organisation oder einem Thema.
input-no-topic = Dieses Thema gibt es nicht. Wählen Sie aus den Themen der Website.
input-search = Schreiben Sie mindestens ein Wort, nach dem zu suchen ist, wie in der Suche: best arm identification.
input-search-characters = Eine Suche, der Sie folgen, hat höchstens { $characters } Zeichen: Lassen Sie einige Wörter weg.
input-search-words = Eine Suche, der Sie folgen, hat höchstens { $words } Wörter: Lassen Sie einige weg.
input-name = Schreiben Sie den Namen, wie er auf Artikeln steht: Ada Lovelace.
input-follows-full = Sie können höchstens { $most } Suchen und Namen folgen: Entfernen Sie erst einige, dann fügen Sie andere hinzu.
no-topic = Dieses Thema gibt es nicht: Wählen Sie eines aus der Liste der Themen unter /topics.
no-paper = Unter dieser Adresse ist kein Artikel: Suchen Sie ihn nach seinem Titel.
no-edition = Unter dieser Adresse ist keine Ausgabe: Sehen Sie im Archiv der Ausgaben nach ihrem Tag.
no-author = Von diesem Autor ist hier kein Artikel: Suchen Sie nach einer anderen Schreibweise.
no-organisation = Aus dieser Organisation ist hier kein Artikel: Suchen Sie nach einer anderen Schreibweise.
address-same = Ihre Sendungen gehen schon an diese Adresse.
address-too-soon = Ein Wechsel wurde eben erst gewünscht, oder es kommt zurzeit keine Sendung: Warten Sie zehn Minuten und fragen Sie dann noch einmal.
address-no-mail = Die Domain dieser Adresse nimmt keine Mail an, wie ihr Eigentümer im DNS sagt. Nehmen Sie eine andere Adresse.
address-no-domain = Die Domain dieser Adresse gibt es nicht. Prüfen Sie, was nach dem @ steht.
rate-limited = { $seconds ->
    [one] Zu viele Anfragen kamen von Ihrem Ort: Warten Sie eine Sekunde und senden Sie es noch einmal.
   *[other] Zu viele Anfragen kamen von Ihrem Ort: Warten Sie { $seconds } Sekunden und senden Sie es noch einmal.
}
form-unreadable = Das Formular ist nicht zu lesen: Es ist abgeschnitten oder nennt keine Grenze. Senden Sie es noch einmal.
address-of-page-unreadable = Die Adresse enthält ein Zeichen, das keine Adresse enthalten kann: Prüfen Sie sie und versuchen Sie es noch einmal.
subscribe-accepted = Sehen Sie ins Postfach und drücken Sie zum Bestätigen den Link in der Mail.
failure-not-found-title = Hier ist nichts
failure-not-found = Diese Adresse führt nirgendwohin: Prüfen Sie sie auf einen Schreibfehler, oder beginnen Sie auf der Titelseite.
failure-token-title = Dieser Link geht nicht
failure-token = Er kann unvollständig, veraltet oder für eine andere Seite gemacht sein: Öffnen Sie ihn noch einmal aus der neuesten Mail, oder abonnieren Sie neu auf der Titelseite.
failure-unavailable-title = Für einen Moment nicht erreichbar
failure-unavailable = Ein Teil dieses Dienstes antwortet nicht: Versuchen Sie es in einer Minute noch einmal.
failure-internal-title = Bei uns ging etwas kaputt
failure-internal = Der Fehler ist vermerkt, und er lag nicht bei Ihnen: Versuchen Sie es in einer Minute noch einmal.
failure-refused-title = Diese Anfrage ist nicht zu lesen
failure-refused = Was gesendet wurde, ist hier nicht zu lesen: Gehen Sie zurück und versuchen Sie es noch einmal, oder beginnen Sie auf der Titelseite.
failure-too-large = Das ist mehr, als hier angenommen wird: Gehen Sie zurück und versuchen Sie es noch einmal, oder beginnen Sie auf der Titelseite.
failure-method-title = Das geht hier nicht
failure-method = Diese Seite lässt sich so nicht benutzen: Gehen Sie zurück und versuchen Sie es noch einmal, oder beginnen Sie auf der Titelseite.
failure-unsigned-title = Das ist nicht unterschrieben
failure-unsigned = Die Anfrage ist nicht unterschrieben, wie sie sollte: Unterschreiben Sie sie, und senden Sie sie noch einmal.
failure-limited-title = Ein wenig zu schnell
failure-limited = Zu viele Anfragen kamen von Ihrem Ort: Warten Sie einen Moment und senden Sie es noch einmal.
failure-unusable-title = So lässt sich das nicht verwenden
failure-unusable = Was gesendet wurde, ist nicht zu verwenden: Berichtigen Sie es, und senden Sie es noch einmal.
failure-busy-title = Für einen Moment zu viel zu tun
failure-busy = Von diesem Dienst wird zu viel auf einmal verlangt: Versuchen Sie es in einer Minute noch einmal.

## The topics that ship

topic-name-language-models = Sprachmodelle
topic-about-language-models = Vortraining, Nachtraining, Aufbau und Verhalten von Textmodellen.
topic-name-reasoning = Schlussfolgern
topic-about-reasoning = Gedankenketten, Prüfmodelle, Mathematik und Logik durch Modelle, Suche zur Laufzeit.
topic-name-agents = Agenten
topic-about-agents = Systeme, die in mehreren Schritten handeln: mit Werkzeugen, Rechnern, Browsern, Gedächtnis und anderen Agenten.
topic-name-code = Code und Software
topic-about-code = Programme schreiben, reparieren, testen und verstehen; Softwaretechnik.
topic-name-reinforcement-learning = Bestärkendes Lernen
topic-about-reinforcement-learning = Lernen aus Belohnung: Verfahren und Verständnis, einschließlich RLHF und überprüfbarer Belohnungen.
topic-name-vision = Maschinelles Sehen
topic-about-vision = Sehen: Erkennung, Segmentierung, Detektion, Verfolgung, Tiefe, Bild- und Videoverstehen.
topic-name-generation = Bild- und Videoerzeugung
topic-about-generation = Bilder, Videos und Bewegung erzeugen und bearbeiten.
topic-name-3d = 3D und Szenen
topic-about-3d = Rekonstruktion, Splatting, Netze, Simulation von Szenen, neue Ansichten.
topic-name-multimodal = Multimodale Modelle
topic-about-multimodal = Modelle, die Sprache mit Bild, Video und Ton verbinden.
topic-name-speech-audio = Sprache und Audio
topic-about-speech-audio = Spracherkennung und Sprachsynthese, Musik und Klang.
topic-name-robotics = Robotik und Verkörperung
topic-about-robotics = Roboter, Greifen, Navigation von Körpern, Vision-Language-Action-Modelle, Fahren.
topic-name-safety = Sicherheit und Alignment
topic-about-safety = Schaden, Jailbreaks, Schutzmaßnahmen, Ehrlichkeit, Ausrichtung an Werten, Aufsicht.
topic-name-interpretability = Interpretierbarkeit
topic-about-interpretability = Was in Modellen geschieht: Schaltkreise, Merkmale, Sondierung, Zuschreibung.
topic-name-systems = Effizienz und Systeme
topic-about-systems = Billigeres und schnelleres Training und Inferenz: Quantisierung, dünne Besetzung, Zwischenspeicher, Kernel, Auslieferung, kleine Modelle.
topic-name-data = Daten und Benchmarks
topic-about-data = Datensätze, Benchmarks und Verfahren der Bewertung.
topic-name-retrieval = Suche und Empfehlung
topic-about-retrieval = Suche, RAG, Einbettungen, Rangfolgen, Empfehlungssysteme.
topic-name-theory = Theorie und Optimierung
topic-about-theory = Beweise, Schranken, Optimierer, Lerndynamik, Statistik des Lernens.
topic-name-graphs-and-time = Graphen, Tabellen und Zeitreihen
topic-about-graphs-and-time = Lernen auf Graphen und Tabellen, Vorhersage, Erkennung von Anomalien.
topic-name-science-medicine = Wissenschaft und Medizin
topic-about-science-medicine = Physik, Chemie, Biologie, Medizin und Mathematik mit maschinellem Lernen; automatisierte Forschung.
topic-name-people = Mensch und Gesellschaft
topic-about-people = Mensch-Computer-Interaktion, Bildung, Recht, Wirtschafts- und Sozialwissenschaft mit Modellen und über sie.
topic-name-security = IT-Sicherheit und Datenschutz
topic-about-security = Angriffe, Abwehr, Datenschutz, Wasserzeichen, Verlernen, föderiertes Lernen.
topic-name-mathematics = Mathematik
topic-about-mathematics = Die ganze Mathematik auf arXiv.
topic-name-statistics = Statistik
topic-about-statistics = Die ganze Statistik auf arXiv.
topic-name-physics = Physik
topic-about-physics = Physik auf arXiv, von kondensierter Materie bis zu hohen Energien.
topic-name-astronomy = Astronomie
topic-about-astronomy = Die ganze Astrophysik auf arXiv.
topic-name-quantum = Quantenphysik
topic-about-quantum = Die ganze Quantenphysik auf arXiv, Quantencomputer eingeschlossen.
topic-name-computer-science = Informatik
topic-about-computer-science = Was kein Thema oben von der Informatik auf arXiv aufnimmt.
topic-name-economics-and-finance = Wirtschaft und Finanzen
topic-about-economics-and-finance = Die ganze Volkswirtschaft und Finanzmathematik auf arXiv.
topic-name-quantitative-biology = Quantitative Biologie
topic-about-quantitative-biology = Die ganze quantitative Biologie auf arXiv.
topic-name-electrical-engineering = Elektrotechnik
topic-about-electrical-engineering = Die ganze Elektrotechnik und Systemtechnik auf arXiv.
