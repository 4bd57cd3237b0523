# Français. On vouvoie le lecteur, dans le ton d’un journal. Espaces fines insécables : U+202F.

## Small words

papers = { $papers ->
    [one] { $papers } article
   *[other] { $papers } articles
}
votes = { $votes ->
    [one] { $votes } vote
   *[other] { $votes } votes
}
authors-two = { $first } et { $second }
authors-more = { $first } et { $others } autres
label-with-colon = { $label } :
comma = {", "}
semicolon = {" ; "}
link-paper = Article
link-pdf = PDF
link-code = Code
link-project = Projet
link-read = Lire
imprint = Mentions légales
privacy = Confidentialité
contact = Contact
unsubscribe = Se désabonner
preferences = Préférences

## Why a paper is here

reason-in-hours = { $hours ->
    [one] en une heure
   *[other] en { $hours } heures
}
reason-in-days = { $days ->
    [one] en un jour
   *[other] en { $days } jours
}
reason-ahead = { $within }, plus que { $ahead } % des articles du même âge
reason-first = { $within }, plus que tout autre article du même âge
reason-authors = Par { $names }, dont les articles ont déjà été remarqués ici
reason-organisation = Publié par { $name }, dont les articles ont déjà été remarqués ici
reason-code = Code disponible
reason-project = A sa page de projet
reason-media = Présenté en images ou en film
reason-follow = vous suivez { $name }
reason-search = répond à votre recherche : { $search }
withdrawn = Retiré
back-since = De retour : déjà dans l’édition du { $day }
back-had = De retour : on en parle bien plus que prévu depuis que vous l’avez reçu
new-today = Nouveau aujourd’hui
reason-top = { $share ->
   *[other] Dans les { $share } % les mieux placés de son âge
}
reason-comments = { $comments ->
    [one] { $comments } commentaire
   *[other] { $comments } commentaires
}

## Forecasts

chance-high = très probable
chance-good = probable
chance-fair = possible
fresh-authors-of = { $authors ->
    [one] par un auteur à qui l’on doit { $paper }
   *[other] par { $authors } auteurs à qui l’on doit { $paper }
}
fresh-authors-listed = { $authors ->
    [one] par un auteur dont des articles ont déjà été retenus
   *[other] par { $authors } auteurs dont des articles ont déjà été retenus
}
fresh-paper-votes = { $name } ({ $votes })
fresh-some-paper = un article déjà retenu
fresh-some-paper-votes = un article qui a obtenu { $votes }
fresh-record = { $listed ->
    [one] { $listed } des { $picks } prévisions ({ $days }) s’est vérifiée
   *[other] { $listed } des { $picks } prévisions ({ $days }) se sont vérifiées
}

## What a reader chose

clock = heure locale à { $place }
frequency-daily = tous les jours
frequency-weekdays = du lundi au vendredi
frequency-weekly = chaque { $day }
choice = { $what }, { $when } à { $hour }, { $clock }
choice-all = le meilleur de tous les thèmes
choice-followed = les nouveautés de ce que vous suivez
moment = { $day } à { $hour }, { $clock }
follow-author = de nouveaux articles signés { $label }
follow-organisation = de nouveaux articles publiés par { $label }
follow-topic = le thème { $label }
follow-not = aucun article sur « { $label } »
follow-search = de nouveaux articles pour la recherche « { $label } »

## The digest

digest-subject = { $others ->
    [0] { $title }
    [one] { $title } et { $others } autre
   *[other] { $title } et { $others } autres
}
digest-subject-sample = Exemple : { $subject }
digest-minutes = { $minutes ->
    [one] { $minutes } minute
   *[other] { $minutes } minutes
}
digest-all-papers = Tous les articles
digest-wish-all = tous les articles
digest-wish-followed = ce que vous suivez
digest-wish-topics = { $topics ->
    [one] { $topics } thème
   *[other] { $topics } thèmes
}
digest-wish-both = { $wish }, et { $beside }
digest-searches = { $searches ->
    [one] une recherche
   *[other] { $searches } recherches
}
digest-names = { $names ->
    [one] un nom
   *[other] { $names } noms
}
digest-both = { $first } et { $second }
digest-part-search = votre recherche
digest-part-followed = ce que vous suivez
digest-best-of-week = { $papers ->
    [one] Le meilleur article de la semaine
   *[other] Les { $papers } meilleurs de la semaine
}
digest-some-of = { $papers } sur { $all }
digest-new-count = { $papers ->
    [one] { $papers } nouveau
   *[other] { $papers } nouveaux
}
digest-in-brief = En bref
digest-by = Nouveau, signé { $name }
digest-from = Nouveau, publié par { $name }
digest-search = Votre recherche : { $search }
digest-sample = <strong>Exemple.</strong> Ces articles sont fournis avec le programme pour montrer à quoi ressemble une lettre. Ce ne sont pas les nouvelles du jour.
digest-sample-text = EXEMPLE : ces articles sont fournis avec le programme pour montrer à quoi ressemble une lettre. Ce ne sont pas les nouvelles du jour.
digest-read-paper = Lire l’article
digest-read-more = Lire la suite
digest-more-like-this = Plus de ce genre
digest-not-for-me = Pas pour moi
digest-fresh = Annoncés ce matin
digest-forecast = Une prévision, encore sans votes.
digest-forecast-record = Une prévision, encore sans votes ; { $record }.
digest-leave-out = Ne plus l’inclure
digest-if-you-liked = Si le n° 1 vous a plu
digest-more = { $papers ->
    [one] { $papers } autre
   *[other] { $papers } autres
}
digest-others = { $papers ->
    [one] { $papers } autre
   *[other] { $papers } autres
}
digest-asked = Vous avez demandé à <site>{ $site }</site>, sur { $host } : { $wish }. { $told }
digest-asked-site = Vous avez demandé à { $site }, sur { $host } :
digest-asked-wish = { $wish }.
digest-told-authors = Les nouveautés sont dites avec les mots des auteurs.
digest-told-others = Les nouveautés sont dites par { $names }, ou avec les mots des auteurs.
digest-browser = Voir dans le navigateur
digest-website = Site web

## Notices

notice-button-fails = Si le bouton ne fonctionne pas, ouvrez cette adresse :
notice-did-not-ask = Vous n’avez rien demandé ? Alors il n’y a rien à faire. Pour ne plus recevoir d’e-mails de notre part, désabonnez-vous :

confirm-subject = Confirmez votre abonnement à { $site }
confirm-preheader = Un clic, et les prochains articles arrivent à cette adresse.
confirm-heading = Veuillez confirmer votre adresse
confirm-asked = Quelqu’un, sans doute vous, a demandé à { $site } d’envoyer les nouveaux articles de recherche à cette adresse : { $choices }.
confirm-next = Confirmez maintenant, et l’édition en cours arrive aussitôt si elle contient du nouveau pour vous, la suivante le { $next }.
confirm-button = Confirmer l’abonnement
confirm-ignore = Vous n’avez rien demandé ? Ignorez cet e-mail, et vous n’entendrez plus parler de nous.

already-subject = Vous êtes déjà abonné à { $site }
already-preheader = Vos lettres continuent d’arriver comme avant.
already-heading = Vous êtes déjà abonné
already-asked = Quelqu’un, sans doute vous, a demandé à { $site } d’envoyer les nouveaux articles de recherche à cette adresse. C’est déjà le cas, et rien n’a changé : vos lettres continuent d’arriver comme avant.
already-get = Vous recevez { $choices }.
already-button = Modifier les préférences

offer-subject = L’ajouter à vos lettres de { $site } ?
offer-preheader = Un clic l’ajoute à ce que vous recevez déjà.
offer-heading = Vos lettres doivent-elles vous signaler les nouveaux ?
offer-asked = Quelqu’un, sans doute vous, a demandé à { $site } de signaler à cette adresse { $words }.
offer-get = Vous recevez déjà { $choices }, et rien n’a changé. Ajoutez-le, et vos prochaines lettres le contiendront aussi.
offer-button = Ajouter à mes lettres

move-subject = Un changement d’adresse a été demandé à { $site }
move-preheader = Vos lettres doivent aller à une autre adresse.
move-heading = Vos lettres doivent changer d’adresse
move-asked = Par un lien de vos e-mails, il a été demandé à { $site } d’envoyer vos lettres à une autre adresse. Celle-ci reçoit aussi un e-mail : dès que vous acceptez ici et que l’on confirme là-bas, cette adresse-ci ne reçoit plus rien.
move-how = La page derrière ce bouton vous laisse une semaine pour accepter, ou pour arrêter le changement.
move-button = Accepter ou arrêter
move-ignore = Vous n’avez rien demandé ? Arrêtez-le sur cette page, ou ignorez cet e-mail : sans votre accord, rien ne change.

here-subject = Confirmez votre nouvelle adresse auprès de { $site }
here-preheader = Un clic ici, un autre à l’ancienne adresse, et les articles arrivent ici.
here-heading = Les articles doivent-ils arriver ici ?
here-asked = Un lecteur de { $site }, sans doute vous, a demandé que ses lettres aillent à cette adresse : { $choices }.
here-how = Ce sera le cas dès que vous aurez confirmé ici et accepté dans l’e-mail envoyé à l’ancienne adresse, le tout en moins d’une semaine. Si des articles arrivent déjà à cette adresse, ceux-ci prennent leur place.
here-button = Confirmer la nouvelle adresse
here-ignore = Vous n’avez rien demandé ? Ignorez cet e-mail, et rien ne change.

## Every page

site-skip = Aller aux articles
site-forecasts = { $forecasts ->
    [one] { $forecasts } prévision
   *[other] { $forecasts } prévisions
}
site-nav = Site
site-today = Aujourd’hui
site-front = À la une
site-topics = Thèmes
site-archive = Archives
site-search = Recherche
site-more = Plus
site-subscribe = S’abonner
site-atom = Flux Atom
site-json = Flux JSON
site-api = API
site-footer = { $site } rassemble les nouveaux articles de recherche, repère ceux dont on parle et vous les apporte.
error-number = Erreur { $status }
error-front = Retour à la une
editions-title = Toutes les éditions

## Papers in lists

card-summary = Résumé : { $by }
card-link-of = { $link } : { $title }
edition-sample = exemple
edition-sample-note = <strong>Une édition d’exemple.</strong> Ces articles sont réels ; ils sont fournis avec le programme pour montrer à quoi ressemble une édition. La première édition propre au site se prépare et prendra leur place.
turn-label = À lire aussi
side-label = En marge
curve-usual = habituel

## The form

form-none-ticked = Rien de coché : le meilleur de tout.
form-how-often = À quel rythme
form-once-a-week = Une fois par semaine
form-if-weekly = Si hebdomadaire, le
form-forecasts = Prévisions
form-forecasts-morning = Prévisions du matin
form-email = Votre adresse e-mail
form-decoy = Laissez ce champ vide
follow-tell-me = Me signaler les nouveautés
follow-button = Suivre
follow-pitch = Un e-mail les jours où paraissent { $words }.
form-free = Gratuit. Vous confirmez par e-mail, et un clic y met fin.
form-did-you-mean = Vouliez-vous dire { $address } ?
form-yes-use = Oui, prendre { $address }
form-no-right = Non, { $address } est correct
form-challenge = Votre navigateur fait un petit calcul et enverra ce formulaire de lui-même dans quelques secondes. Si rien ne se passe, cliquez sur « S’abonner » après { $hour } UTC.
form-topics-and-days = Thèmes et jours
form-unless = Sauf avis contraire :
form-subscribe = S’abonner
form-at = À
form-time-zone = Fuseau horaire
form-pitch = Les articles dont tout le monde parle, dans votre boîte de réception.
form-topics-and-time = Thèmes et heure

## The front page

front-gathering = La première édition se prépare
front-reading = { $site } lit ses sources en ce moment. Dès qu’il y aura des articles, les meilleurs paraîtront ici ; abonnez-vous, et ils viendront à vous.
front-old = L’édition du { $day } : il n’en est pas paru de plus récente.
front-nothing = Ce jour-là, on ne parlait de rien de nouveau.
fresh-on = Annoncés le <time>{ $day }</time>
fresh-forecast = Une prévision : tout juste annoncés, encore sans votes, sans doute bientôt au centre des conversations.
fresh-all = Toutes les prévisions de ce matin-là
front-by-topic = Par thème
form-all-topics = Tous les thèmes
front-rising = Toujours en hausse
front-rest = Le reste
front-one-list = En une seule liste
front-earlier = Éditions précédentes
front-archive = Les archives

## Editions

editions-about = Une par jour, figée telle qu’elle a été envoyée.
editions-none = La première édition se prépare. Elle paraîtra ici dès qu’il y aura des articles.
period-best = Le meilleur : { $period }
editions-older = Éditions plus anciennes
edition-days = du <first>{ $from }</first> au <last>{ $until }</last>
edition-papers-of-days = Les articles de ces jours : { $count }
edition-papers-of-day = Les articles du jour : { $count }
edition-none-of-topic = { $topics ->
    [one] Aucun article sur ce thème dans l’édition de ce jour.
   *[other] Aucun article sur ces thèmes dans l’édition de ce jour.
} Ses autres listes sont à côté de celle-ci, les autres jours dans les <archive>archives</archive>.
edition-lists = Listes de ce jour
edition-around = Les jours voisins
edition-fresh = Tout juste annoncés : ce dont on va sans doute parler
period-about = Le meilleur de ces jours, d’après les votes obtenus à ce jour.
period-days = Jour par jour
period-parts = Les mêmes jours, autrement découpés

## Fresh

fresh-title = Tout juste annoncés
fresh-about = Une prévision, encore sans votes : des articles tout juste annoncés dont on va sans doute parler.
fresh-edition = <edition>L’édition de ce jour</edition> contient ce dont on parle déjà.
fresh-none = Rien de ce qui a été annoncé n’est assez probable pour être cité.
fresh-not-yet = Il n’y a pas encore de prévision : la première viendra avec la première édition qui suivra la lecture d’arXiv.
fresh-record-title = Ce que sont devenues les prévisions
fresh-record-long = Sur les { $picks } premières prévisions du <first>{ $from }</first> au <last>{ $until }</last>, { $listed } ont été retenues en moins d’une semaine.
fresh-came-true = Vérifiées
fresh-missed = Manqués : les meilleurs articles que l’on n’avait pas prévus

## Papers

paper-more-authors = { $authors ->
    [one] et { $authors } autre
   *[other] et { $authors } autres
}
paper-other-authors = { $authors ->
    [one] et { $authors } autre
   *[other] et { $authors } autres
}
paper-withdrawn = <strong>Retiré.</strong> Cet article a été retiré par ses auteurs ; la page de son résumé dit pourquoi.
paper-new = Ce qui est nouveau
paper-read = Lire sur arXiv
paper-abstract = Résumé
paper-filed = Classé sous
paper-words = Mots :
paper-cite = Citer
paper-votes = Votes
paper-dotted = En pointillé : l’article médian de la liste du jour
paper-told = Dans l’édition du { $day } :
paper-facts = En bref
paper-places = Où il figurait
paper-rank = n° { $rank } sur { $papers }
paper-related = Sur le même sujet

## Names and topics

name-author = auteur
name-organisation = organisation
name-papers = <count>{ $papers ->
    [one] { $papers } article
   *[other] { $papers } articles
}</count> sous ce nom, du plus récent au plus ancien.
name-people = Les homonymes sont réunis ici.
name-older = Articles plus anciens
name-best = Les plus votés
topic-label = Thème
topic-mail = Le recevoir par e-mail
topic-none = Pas encore d’édition sur ce thème. La première paraîtra dès que l’on parlera d’articles à son sujet.
topic-best = Les plus votés en 30 jours
topics-about = Chacun peut être suivi par e-mail ou par flux.
topics-counted = Décompte de l’édition du <time>{ $day }</time>.

## Search

search-label = Des mots, un nom, un identifiant arXiv ou un lien
search-button = Rechercher
search-hint = "une expression" · -sans · a or b · author: · org: · topic: · category: · code:yes · after:2026-05 · before:
search-try = Essayez avec moins de mots, ou une autre orthographe. Seuls les articles que { $site } a vus peuvent être trouvés ici.
search-narrow = Affiner la recherche
search-more = Autres articles

## What a reader follows

preferences-saved = <strong>Enregistré.</strong> C’est valable dès la prochaine lettre.
follow-shall = Vos lettres doivent-elles vous signaler { $words } ?
follow-all-preferences = Toutes les préférences
follow-title = Ce que vous suivez
follow-hint = Les nouveaux articles de chaque jour y sont confrontés, et ceux qui répondent paraissent dans votre lettre sous leur propre titre.
follow-remove-label = Retirer { $label }
follow-remove = Retirer
follow-for-search = pour une recherche
follow-by-author = d’un auteur
follow-from-organisation = d’une organisation
follow-keep-out = à écarter
follow-words = Des mots comme dans la recherche, ou un nom
follow-add = Ajouter
follow-search-hint = "une expression" · -sans · a or b · author: · org: · topic: · category: · code:yes
follow-is-only = Vos lettres ne contiennent que cela, et rien des thèmes.
follow-beside = Cela s’ajoute aux articles de vos thèmes.
follow-topics-too = M’envoyer aussi mes thèmes
follow-only-this = Ne m’envoyer que cela
follow-seed = Partir de ce que vous lisez : liens, BibTeX, Zotero
seed-read = { $papers ->
    [one] Un article a été lu.
   *[other] { $papers } articles ont été lus.
} Cochez ce dont vous voulez avoir des nouvelles : rien d’autre n’est conservé, pas même la liste.
seed-nothing = Il ne s’en dégage rien que vous ne suiviez déjà.
seed-follow = Suivre ce que j’ai coché
seed-about = Montrez quelques articles que vous connaissez : des thèmes, des auteurs et des recherches en seront tirés. Rien n’est conservé, sauf ce que vous cochez ensuite.
seed-text = Liens ou identifiants arXiv, un ou plusieurs
seed-file = Ou un fichier tel que Zotero l’exporte : BibTeX, RIS, RDF, CSL-JSON, JSON ou CSV, jusqu’à 3 Mo
seed-propose = Proposer

## Preferences

preferences-title = Vos articles, à votre façon
preferences-none = Aucune lettre ne vous est envoyée en ce moment : ces choix attendent que vous <again>vous abonniez de nouveau</again>.
preferences-address = Tout est envoyé à <strong>{ $address }</strong>.
preferences-length = Longueur
preferences-pause = Pause jusqu’au
preferences-pause-hint = aucune lettre avant ce jour ; vide : pas de pause
preferences-zone-hint = tapez une ville pour chercher
preferences-use-zone = Prendre le fuseau de ce navigateur
preferences-use-place = Prendre { $place }, comme l’indique ce navigateur
preferences-save = Enregistrer
taste-title = Ce que vous avez dit des articles
taste-about = Vos lettres sont classées d’après les votes des articles et { $says ->
    [one] ce que vous avez dit d’un article
   *[other] ce que vous avez dit de { $says } articles
}. Voici tout ce qui en a été tiré ; modifiez une ligne, ou faites tout oublier.
taste-save = Enregistrer ces lignes
taste-forget = Oublier tout ce que j’ai dit
address-title = Une autre adresse
address-asked = <strong>C’est demandé.</strong> Si cette adresse est utilisable, un e-mail est en route vers elle : suivez-en le lien dans la semaine. Un e-mail à { $address } dit comment tout arrêter.
address-to = Envoyer mes lettres à
address-ask = Demander aux deux adresses
data-title = Vos données
data-about = Tout ce qui est conservé à votre sujet, et la façon d’y mettre fin. Aucune ouverture, aucun clic n’est jamais compté.
data-download = Télécharger mes données
erase-button = M’effacer

editions-description = Chaque édition quotidienne de { $site }, de la plus récente à la plus ancienne.
period-description = Les articles qui ont obtenu le plus de votes ({ $period }), parmi tous ceux que { $site } a envoyés.
period-before = Avant
period-after = Après
edition-days-plain = { $from } – { $until }
edition-description = Les articles ({ $days }) tels que { $site } les a envoyés.
edition-description-topics = Les articles sur { $names } ({ $days }) tels que { $site } les a envoyés.
edition-foretold = Une prévision de ce matin-là
edition-in = Dans l’édition du { $day }
edition-of = (édition du { $day })
fresh-title-on = Annoncés le { $day }
fresh-description = Des articles tout juste annoncés dont on va sans doute parler, et ce que sont devenues les prévisions passées.
front-description = Les articles de recherche dont tout le monde parle, choisis chaque jour et envoyés à l’heure qui vous plaît.
front-since = { $votes } depuis le { $day }
front-no-papers = Il n’y a pas d’édition du { $day } : aucun nouvel article n’est arrivé. La prochaine est attendue le { $next } ; jusque-là, voici la dernière.
follow-group-search = Recherches
follow-group-author = Auteurs
follow-group-organisation = Organisations
follow-group-not = Écarté de vos lettres
follow-group-topic = Thèmes
seed-title = Partir de ce que vous lisez
seed-none = Aucun article n’y a été trouvé. Collez des liens ou des identifiants arXiv, ou choisissez un fichier tel que Zotero l’exporte (BibTeX, RIS, RDF, CSL-JSON, JSON ou CSV) de 3 Mo au plus.
name-about-author = Les articles signés { $name }, du plus récent au plus ancien, réunis par { $site }.
name-about-organisation = Les articles publiés par { $name }, du plus récent au plus ancien, réunis par { $site }.
topics-description = Tout ce que l’on peut suivre sur { $site }, par e-mail ou par flux.
topic-offer = de nouveaux articles sur ce thème
topic-first-on = d’abord le { $day }
feed-about = Les articles de recherche dont tout le monde parle, choisis chaque jour.
feed-note = Un mot sur l’édition du { $day }
feed-why = Pourquoi il est ici : { $reasons }.

paper-discussion = Discussion
paper-above = Au-dessus
paper-below = Au-dessous
paper-edition = L’édition
paper-edition-of = { $day } : { $papers }
votes-upvotes = { $votes ->
    [one] vote sur Hugging Face, compté le { $day }
   *[other] votes sur Hugging Face, comptés le { $day }
}
votes-points = { $votes ->
    [one] point sur Hacker News, compté le { $day }
   *[other] points sur Hacker News, comptés le { $day }
}
fact-counted = { $metric } sur { $place }
fact-upvotes = Votes
fact-comments = Commentaires
fact-stars = Étoiles
fact-points = Points
fact-published = Publié
fact-first-seen = Vu ici pour la première fois
paper-version = Version { $version }
paper-version-of = Version { $version } du { $day }
paper-version-first = { $told } ; la première du { $day }
paper-version-at = { $version } sur arXiv
curve-days = Votes du { $from } au { $until } :
curve-after-a-day = { NUMBER($votes) } après un jour,
curve-end = { NUMBER($votes) } à la fin.
curve-middle = { NUMBER($votes) } à la fin ; l’article médian de sa liste en avait { NUMBER($usual) }.

search-title = Recherche : { $query }
search-feed-about = Nouveaux articles pour la recherche « { $query } ».
search-atom = Flux Atom de cette recherche
search-offer = de nouveaux articles pour cette recherche
search-none = Aucun article ne correspond.
search-none-read = Aucun des articles lus ne correspond.
search-more-than = Plus de { NUMBER($papers) } articles
misread-nothing-after = Il n’y a rien après « { $filter }: ».
misread-no-day = « { $filter }:{ $text } » n’est pas un jour : écrivez { $filter }:2026-05-29, { $filter }:2026-05 ou { $filter }:2026.
misread-days = Aucun jour n’est à partir du { $after } et avant le { $before }.
misread-long = Seuls les { $characters } premiers caractères ont été lus.
misread-many = Seuls les { $words } premiers mots ont été cherchés.
misread-only-not = Dites aussi ce qu’il faut trouver, et pas seulement ce qu’il faut écarter.
misread-no-topic = Il n’y a pas de thème « { $topic } » : voyez /topics pour ceux qui existent.
search-corrected = « { $to } » au lieu de « { $from } »
search-showing = Résultats pour { $changed } : aucun article ne contient ce que vous avez écrit.
search-relaxed = Aucun article ne contient tous ces mots : ceux-ci en contiennent la plupart.
search-numbers = Les nombres en marge portent sur les { NUMBER($papers) } meilleurs.
search-without-filters = Sans filtres : { $query }
search-any-order = Les mots dans n’importe quel ordre : { $query }
search-any-word = L’un des mots : { $query }
search-with-code = Avec code

## Pages behind the links of a mail

here-page-how = Un clic, et vos lettres arrivent à l’adresse où vous avez ouvert ceci, dès que l’ancienne aura accepté elle aussi.
here-page-replaces = Si des articles y arrivent déjà, ceux-ci prennent leur place.
stay-title = Vos lettres doivent-elles changer d’adresse ?
stay-where = Elles doivent aller à une autre adresse, et plus aucune à celle où vous avez ouvert ceci.
stay-how = Elles changent d’adresse quand vous acceptez ici et que la nouvelle est confirmée elle aussi. Vous n’avez rien demandé ? Alors arrêtez le changement.
stay-agree = Accepter le changement
stay-stop = Arrêter le changement
stay-or = Ou continuer à les recevoir ici :
stay-press = Un clic, et vous acceptez : elles iront à la nouvelle adresse dès que celle-ci aura été confirmée elle aussi.
moved-title = Vos lettres ont changé d’adresse
moved-from = Dès la prochaine, elles arrivent à la nouvelle adresse, et plus aucune à l’ancienne.
moved-old-title = L’ancienne adresse doit accepter aussi
moved-old = La nouvelle adresse est confirmée. Celle où vos lettres arrivent encore a reçu un e-mail avec un lien : acceptez-y, et elles changent d’adresse.
moved-new-title = La nouvelle adresse doit être confirmée aussi
moved-new = Vous avez accepté. La nouvelle adresse reçoit un e-mail avec un lien : confirmez-la, et vos lettres changent d’adresse.
moved-until = Jusque-là, rien ne change. Passé une semaine, il faudra redemander le changement.
stayed-title = Rien ne change

say-undo = Annuler
say-ask-more = Plus de ce genre ?
say-ask-less = Pas pour vous ?
say-ask-undo = Annuler votre avis ?
say-effect-more = Les articles qui partagent ses thèmes, ses mots ou ses auteurs montent dans vos lettres, dès que vous l’aurez dit de plusieurs.
say-effect-less = Les articles qui partagent ses thèmes, ses mots ou ses auteurs descendent dans vos lettres, dès que vous l’aurez dit de plusieurs.
say-effect-undo = Un clic, et c’est comme si vous n’aviez rien dit de cet article.
say-bound = Le n° 1 du jour arrive toujours, et quelques autres par leurs seuls votes.
say-said-more = Vous en avez dit : plus de ce genre.
say-said-less = Vous en avez dit : pas pour moi.
say-paper = « { $title } »
say-done-more = Plus de ce genre
say-done-less = Moins de ce genre
say-done-undo = C’est annulé
say-where = Le lien « Préférences » de vos e-mails montre ce qui en a été tiré.
say-slip = Un clic de travers ?
say-counts-nothing = Dès votre prochaine lettre, cet article ne compte plus.
say-noted = C’est noté. Cela comptera quand vous en aurez dit autant d’autres articles semblables.
say-count-for = Dès votre prochaine lettre, ceci compte en faveur d’un article : { $names }.
say-count-against = Dès votre prochaine lettre, ceci compte contre un article : { $names }.

preferences-get = { $papers ->
    [one] Vous recevez { $choices }, { $papers } article au plus à la fois.
   *[other] Vous recevez { $choices }, { $papers } articles au plus à la fois.
}
erase-title = Tout effacer ?
erase-press = Un clic, et votre adresse, vos choix et tout ce que vous avez dit des articles disparaissent. Plus aucune lettre ne vient.
erase-stays = Il ne reste qu’un numéro sans personne, qui sert à compter les lettres envoyées.
erased-title = Vous êtes effacé
erased-nothing = Rien de vous n’est conservé ici.
standing-empty = Rien de nouveau sur vos thèmes pour le { $day } : aucune lettre n’a été envoyée.
standing-rest = Vos lettres sont en pause jusqu’au { $day }.
standing-next = La prochaine lettre est attendue le { $next }.
taste-much-more = Beaucoup plus
taste-more = Plus
taste-no-matter = Indifférent
taste-less = Moins
taste-much-less = Beaucoup moins
taste-topic = Thème
taste-word = Mot
taste-author = Auteur
taste-as-i-say = Selon ce que je dis des articles
taste-as-i-said = Selon ce que j’ai dit : { $weight }

confirm-page-title = Les articles peuvent-ils venir ?
confirm-page-asked = Vous avez demandé { $choices }.
confirm-page-press = Un clic, et ils viennent : l’édition en cours aussitôt si elle contient du nouveau pour vous, la suivante le { $next }. Chacune porte un lien qui y met fin.
confirm-page-button = Confirmer mon abonnement
confirmed-title = Vous êtes abonné
confirmed-coming = L’édition en cours est en route vers votre boîte de réception.
confirmed-had = Vous avez déjà reçu l’édition en cours : elle ne revient pas.
confirmed-nothing = La prochaine édition qui contiendra quelque chose pour vous est encore à venir.
confirmed-already = Vous l’étiez déjà, et rien n’a changé.
confirmed-next = La prochaine lettre arrive le { $next }.
confirmed-next-unknown = La prochaine lettre arrive dès que son édition est prête.
confirmed-get = Vous recevez { $choices }. Chaque e-mail porte un lien pour le modifier, et un autre pour y mettre fin.
back-title = Les articles doivent-ils revenir ?
back-press = Un clic, et ils reviennent, comme il est dit ici.
back-done = Vous êtes de nouveau abonné
leave-title = Arrêter les articles ?
leave-press = Un clic, et vous ne recevez plus aucune lettre.
left-title = Vous êtes désabonné
left-thanks = Vous ne recevrez plus aucune lettre. Merci de nous avoir lus.
left-changed = Vous avez changé d’avis ?
left-again = Se réabonner
left-less = Ou un peu moins suffirait-il ?
left-fewer = Cinq articles à la fois
left-pause = Une pause de quatre semaines
left-question = Une question, si vous le voulez bien : pourquoi partez-vous ?
why-title = Pourquoi partez-vous ?
why-say = Le dire
why-thanks = Merci de l’avoir dit
why-kept = Votre réponse est conservée en un mot, et vous restez désabonné.
why-too-many = Trop d’e-mails
why-not-my-field = Pas mon domaine
why-found-elsewhere = Je lis les articles ailleurs
why-no-time = Pas le temps de lire
why-press-too-many = Un clic pour dire : trop d’e-mails.
why-press-not-my-field = Un clic pour dire : pas mon domaine.
why-press-found-elsewhere = Un clic pour dire : je lis les articles ailleurs.
why-press-no-time = Un clic pour dire : pas le temps de lire.

## Subscribing

subscribe-almost = On y est presque
subscribe-look = Quelque chose est à revoir dans le formulaire ; ce que vous avez rempli est toujours là.
subscribe-moment = Un instant
subscribe-many = Beaucoup d’inscriptions sont venues de votre réseau depuis une heure : celle-ci doit montrer qu’elle n’est pas d’une machine.
subscribe-inbox = Regardez votre boîte de réception
subscribe-on-its-way = Un e-mail est en route vers l’adresse que vous avez donnée. Suivez le lien qu’il contient pour confirmer, et les articles viendront.
subscribe-nothing = { $minutes ->
   *[other] Toujours rien au bout de quelques minutes ? Regardez parmi les indésirables. { $minutes } minutes après un e-mail, le formulaire en envoie un autre.
}
form-topics = { $topics } thèmes
form-language = Langue
form-zone-yours = Le vôtre
region-universal = Universel
region-africa = Afrique
region-america = Amérique
region-antarctica = Antarctique
region-arctic = Arctique
region-asia = Asie
region-atlantic = Atlantique
region-australia = Australie
region-europe = Europe
region-indian = Océan Indien
region-pacific = Pacifique

## What went wrong

address-unlike = Cela ne ressemble pas à une adresse e-mail : elle doit s’écrire comme nom@example.org.
address-not-public = Cette adresse n’est pas sur l’internet public. Prenez-en une dont le domaine se termine comme example.org.
input-topic = Il n’y a pas de thème nommé « { $topic } ». Choisissez parmi ceux du site.
input-frequency = Le rythme doit être l’un de : { $known }.
input-timezone = Nous ne connaissons pas ce fuseau horaire. Donnez un nom tel que Europe/Berlin ou America/New_York.
input-hour = L’heure doit être un nombre entier de 0 à 23.
input-length = Une lettre contient { $known } articles : choisissez l’un de ces nombres.
input-weekday = Le jour de la semaine doit être un nombre entier de 1 (lundi) à 7 (dimanche).
input-language = Cette langue n’existe pas ici : choisissez parmi { $known }.
input-pause-day = Le jour où la pause prend fin doit être une date du calendrier, comme 2026-08-01.
input-pause-long = Une pause peut durer un an : choisissez un jour dans ce délai, ou désabonnez-vous.
input-follow = Dites ce qu’il faut suivre : une recherche, un auteur, une organisation ou un thème.
input-no-topic = Ce thème n’existe pas. Choisissez parmi ceux du site.
input-search = Écrivez au moins un mot à chercher, comme dans la recherche : best arm identification.
input-search-characters = Une recherche à suivre compte au plus { $characters } caractères : retirez quelques mots.
input-search-words = Une recherche à suivre compte au plus { $words } mots : retirez-en quelques-uns.
input-name = Écrivez le nom tel qu’il figure sur les articles : Ada Lovelace.
input-follows-full = Vous pouvez suivre { $most } recherches et noms au plus : retirez-en d’abord, puis ajoutez-en d’autres.
no-topic = Ce thème n’existe pas : choisissez-en un dans la liste des thèmes, à /topics.
no-paper = Il n’y a pas d’article à cette adresse : cherchez-le par son titre dans la recherche.
no-edition = Il n’y a pas d’édition à cette adresse : cherchez son jour dans les archives.
no-author = Il n’y a pas d’article de cet auteur ici : essayez une autre orthographe dans la recherche.
no-organisation = Il n’y a pas d’article de cette organisation ici : essayez une autre orthographe dans la recherche.
address-same = Vos lettres vont déjà à cette adresse.
address-too-soon = Un changement vient d’être demandé, ou aucune lettre ne vous est envoyée en ce moment : attendez dix minutes et redemandez-le.
address-no-mail = Le domaine de cette adresse n’accepte pas d’e-mails, comme son propriétaire l’indique dans le DNS. Prenez une autre adresse.
address-no-domain = Le domaine de cette adresse n’existe pas. Vérifiez ce qui suit le @.
rate-limited = { $seconds ->
    [one] Trop de demandes sont venues de chez vous : attendez { $seconds } seconde et renvoyez la vôtre.
   *[other] Trop de demandes sont venues de chez vous : attendez { $seconds } secondes et renvoyez la vôtre.
}
form-unreadable = Le formulaire ne peut pas être lu : il est tronqué, ou ne nomme pas de délimiteur. Renvoyez-le.
address-of-page-unreadable = L’adresse contient un caractère qu’aucune adresse ne peut contenir : vérifiez-la et réessayez.
subscribe-accepted = Regardez votre boîte de réception et suivez le lien de l’e-mail pour confirmer.
failure-not-found-title = Il n’y a rien ici
failure-not-found = Cette adresse ne mène nulle part : vérifiez qu’elle est bien écrite, ou repartez de la une.
failure-token-title = Ce lien ne fonctionne pas
failure-token = Il est peut-être incomplet, périmé ou fait pour une autre page : ouvrez-le de nouveau depuis l’e-mail le plus récent, ou réabonnez-vous à la une.
failure-unavailable-title = Hors de portée pour un instant
failure-unavailable = Une partie de ce service ne répond pas : réessayez dans une minute.
failure-internal-title = Quelque chose s’est cassé de notre côté
failure-internal = Le défaut a été noté, et vous n’y êtes pour rien : réessayez dans une minute.
failure-refused-title = Cette demande ne peut pas être lue
failure-refused = Ce qui a été envoyé ne peut pas être lu ici : revenez en arrière et réessayez, ou repartez de la une.
failure-too-large = C’est plus que ce qui est accepté ici : revenez en arrière et réessayez, ou repartez de la une.
failure-method-title = Cela ne marche pas ici
failure-method = Cette page ne s’emploie pas ainsi : revenez en arrière et réessayez, ou repartez de la une.
failure-unsigned-title = Ce n’est pas signé
failure-unsigned = La demande n’est pas signée comme il le faut : signez-la et renvoyez-la.
failure-limited-title = Un peu trop vite
failure-limited = Trop de demandes sont venues de chez vous : attendez un instant et renvoyez la vôtre.
failure-unusable-title = Cela ne peut pas servir tel quel
failure-unusable = Ce qui a été envoyé ne peut pas servir : corrigez-le et renvoyez-le.
failure-busy-title = Débordé pour un instant
failure-busy = On demande trop à la fois à ce service : réessayez dans une minute.

## The topics that ship

topic-name-language-models = Modèles de langue
topic-about-language-models = Préentraînement, post-entraînement, architecture et comportement des modèles de texte.
topic-name-reasoning = Raisonnement
topic-about-reasoning = Chaînes de pensée, vérificateurs, mathématiques et logique par les modèles, recherche à l’inférence.
topic-name-agents = Agents
topic-about-agents = Systèmes qui agissent en plusieurs étapes avec des outils, des ordinateurs, des navigateurs, une mémoire et d’autres agents.
topic-name-code = Code et logiciel
topic-about-code = Écrire, réparer, tester et comprendre des programmes ; génie logiciel.
topic-name-reinforcement-learning = Apprentissage par renforcement
topic-about-reinforcement-learning = Apprendre par récompense : méthodes et compréhension, RLHF et récompenses vérifiables compris.
topic-name-vision = Vision par ordinateur
topic-about-vision = Voir : reconnaissance, segmentation, détection, suivi, profondeur, compréhension d’images et de vidéos.
topic-name-generation = Génération d’images et de vidéos
topic-about-generation = Créer et retoucher des images, des vidéos et du mouvement.
topic-name-3d = 3D et scènes
topic-about-3d = Reconstruction, splatting, maillages, simulation de scènes, nouvelles vues.
topic-name-multimodal = Modèles multimodaux
topic-about-multimodal = Modèles qui unissent le langage à l’image, à la vidéo et au son.
topic-name-speech-audio = Parole et audio
topic-about-speech-audio = Reconnaissance et synthèse de la parole, musique et son.
topic-name-robotics = Robotique et incarnation
topic-about-robotics = Robots, manipulation, navigation des corps, modèles vision-langage-action, conduite.
topic-name-safety = Sûreté et alignement
topic-about-safety = Dommages, jailbreaks, garde-fous, honnêteté, alignement sur des valeurs, supervision.
topic-name-interpretability = Interprétabilité
topic-about-interpretability = Ce qui se passe dans les modèles : circuits, traits, sondes, attribution.
topic-name-systems = Efficacité et systèmes
topic-about-systems = Entraînement et inférence moins chers et plus rapides : quantification, parcimonie, caches, noyaux, service, petits modèles.
topic-name-data = Données et bancs d’essai
topic-about-data = Jeux de données, bancs d’essai et méthodes d’évaluation.
topic-name-retrieval = Recherche et recommandation
topic-about-retrieval = Recherche d’information, RAG, plongements, classement, systèmes de recommandation.
topic-name-theory = Théorie et optimisation
topic-about-theory = Preuves, bornes, optimiseurs, dynamique de l’apprentissage, statistique de l’apprentissage.
topic-name-graphs-and-time = Graphes, tableaux et séries temporelles
topic-about-graphs-and-time = Apprentissage sur graphes et tableaux, prévision, détection d’anomalies.
topic-name-science-medicine = Science et médecine
topic-about-science-medicine = Physique, chimie, biologie, médecine et mathématiques par l’apprentissage ; recherche automatisée.
topic-name-people = Personnes et société
topic-about-people = Interaction homme-machine, éducation, droit, économie et sciences sociales avec les modèles et à leur sujet.
topic-name-security = Sécurité et vie privée
topic-about-security = Attaques, défenses, vie privée, filigranes, désapprentissage, apprentissage fédéré.
topic-name-mathematics = Mathématiques
topic-about-mathematics = Toutes les mathématiques sur arXiv.
topic-name-statistics = Statistique
topic-about-statistics = Toute la statistique sur arXiv.
topic-name-physics = Physique
topic-about-physics = La physique sur arXiv, de la matière condensée aux hautes énergies.
topic-name-astronomy = Astronomie
topic-about-astronomy = Toute l’astrophysique sur arXiv.
topic-name-quantum = Physique quantique
topic-about-quantum = Toute la physique quantique sur arXiv, informatique quantique comprise.
topic-name-computer-science = Informatique
topic-about-computer-science = Ce qu’aucun thème ci-dessus ne prend de l’informatique sur arXiv.
topic-name-economics-and-finance = Économie et finance
topic-about-economics-and-finance = Toute l’économie et la finance quantitative sur arXiv.
topic-name-quantitative-biology = Biologie quantitative
topic-about-quantitative-biology = Toute la biologie quantitative sur arXiv.
topic-name-electrical-engineering = Génie électrique
topic-about-electrical-engineering = Tout le génie électrique et la science des systèmes sur arXiv.
