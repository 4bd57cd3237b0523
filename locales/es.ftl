# Español. Se trata de usted al lector, en el tono de un periódico.

## Small words

papers = { $papers ->
    [one] { $papers } artículo
   *[other] { $papers } artículos
}
votes = { $votes ->
    [one] { $votes } voto
   *[other] { $votes } votos
}
authors-two = { $first } y { $second }
authors-more = { $first } y { $others } más
label-with-colon = { $label }:
comma = {", "}
semicolon = {"; "}
link-paper = Artículo
link-pdf = PDF
link-code = Código
link-project = Proyecto
link-read = Leer
imprint = Aviso legal
privacy = Privacidad
contact = Contacto
unsubscribe = Darse de baja
preferences = Preferencias

## Why a paper is here

reason-in-hours = { $hours ->
    [one] en una hora
   *[other] en { $hours } horas
}
reason-in-days = { $days ->
    [one] en un día
   *[other] en { $days } días
}
reason-ahead = { $within }, más que { $ahead } de cada 100 artículos de su edad
reason-first = { $within }, más que cualquier otro artículo de su edad
reason-authors = De { $names }, cuyos artículos ya gustaron aquí
reason-organisation = De { $name }, cuyos artículos ya gustaron aquí
reason-code = Código disponible
reason-project = Con página de proyecto
reason-media = Mostrado en imágenes o en vídeo
reason-follow = usted sigue a { $name }
reason-search = responde a su búsqueda: { $search }
withdrawn = Retirado
back-since = De vuelta: estuvo en la edición del { $day }
back-had = De vuelta: se habla de él mucho más de lo previsto cuando usted lo recibió
new-today = Nuevo hoy
reason-top = { $share ->
   *[other] Entre el { $share } % mejor de su edad
}
reason-comments = { $comments ->
    [one] { $comments } comentario
   *[other] { $comments } comentarios
}

## Forecasts

chance-high = muy probable
chance-good = probable
chance-fair = posible
fresh-authors-of = { $authors ->
    [one] de un autor de { $paper }
   *[other] de { $authors } autores de { $paper }
}
fresh-authors-listed = { $authors ->
    [one] de un autor con artículos ya seleccionados
   *[other] de { $authors } autores con artículos ya seleccionados
}
fresh-paper-votes = { $name } ({ $votes })
fresh-some-paper = un artículo ya seleccionado
fresh-some-paper-votes = un artículo que obtuvo { $votes }
fresh-record = { $listed ->
    [one] se cumplió { $listed } de los { $picks } pronósticos del { $days }
   *[other] se cumplieron { $listed } de los { $picks } pronósticos del { $days }
}

## What a reader chose

clock = hora de { $place }
frequency-daily = todos los días
frequency-weekdays = de lunes a viernes
frequency-weekly = cada { $day }
choice = { $what }, { $when } a las { $hour }, { $clock }
choice-all = lo mejor de todos los temas
choice-followed = lo nuevo de lo que usted sigue
moment = { $day } a las { $hour }, { $clock }
follow-author = artículos nuevos de { $label }
follow-organisation = artículos nuevos de { $label }
follow-topic = el tema { $label }
follow-not = ningún artículo sobre «{ $label }»
follow-search = artículos nuevos para la búsqueda «{ $label }»

## The digest

digest-subject = { $others ->
    [0] { $title }
   *[other] { $title } y { $others } más
}
digest-subject-sample = Muestra: { $subject }
digest-minutes = { $minutes ->
    [one] { $minutes } minuto
   *[other] { $minutes } minutos
}
digest-all-papers = Todos los artículos
digest-wish-all = todos los artículos
digest-wish-followed = lo que usted sigue
digest-wish-topics = { $topics ->
    [one] { $topics } tema
   *[other] { $topics } temas
}
digest-wish-both = { $wish }, además de { $beside }
digest-searches = { $searches ->
    [one] una búsqueda
   *[other] { $searches } búsquedas
}
digest-names = { $names ->
    [one] un nombre
   *[other] { $names } nombres
}
digest-both = { $first } y { $second }
digest-part-search = su búsqueda
digest-part-followed = lo que sigue
digest-best-of-week = { $papers ->
    [one] El mejor artículo de la semana
   *[other] Los { $papers } mejores de la semana
}
digest-some-of = { $papers } de { $all }
digest-new-count = { $papers ->
    [one] { $papers } nuevo
   *[other] { $papers } nuevos
}
digest-in-brief = En breve
digest-by = Nuevo de { $name }
digest-from = Nuevo de { $name }
digest-search = Su búsqueda: { $search }
digest-sample = <strong>Muestra.</strong> Estos artículos vienen con el programa para enseñar cómo es un boletín. No son noticias de hoy.
digest-sample-text = MUESTRA: estos artículos vienen con el programa para enseñar cómo es un boletín. No son noticias de hoy.
digest-read-paper = Leer el artículo
digest-read-more = Leer más
digest-more-like-this = Más como este
digest-not-for-me = No es para mí
digest-fresh = Anunciados esta mañana
digest-forecast = Un pronóstico, todavía sin votos.
digest-forecast-record = Un pronóstico, todavía sin votos; { $record }.
digest-leave-out = No incluirlo
digest-if-you-liked = Si le gustó el n.º 1
digest-more = { $papers } más
digest-others = { $papers ->
    [one] { $papers } más
   *[other] { $papers } más
}
digest-asked = Usted pidió a <site>{ $site }</site>, en { $host }: { $wish }. { $told }
digest-asked-site = Usted pidió a { $site }, en { $host }:
digest-asked-wish = { $wish }.
digest-told-authors = Lo nuevo se cuenta con las palabras de los autores.
digest-told-others = Lo nuevo lo cuentan { $names }, o los autores con sus palabras.
digest-browser = Ver en el navegador
digest-website = Sitio web

## Notices

notice-button-fails = Si el botón no funciona, abra esta dirección:
notice-did-not-ask = ¿No lo pidió usted? Entonces no hay nada que hacer. Para no recibir más correos nuestros, dese de baja:

confirm-subject = Confirme su suscripción a { $site }
confirm-preheader = Un clic, y los próximos artículos llegarán a esta dirección.
confirm-heading = Confirme su dirección, por favor
confirm-asked = Alguien, probablemente usted, pidió a { $site } que envíe nuevos artículos de investigación a esta dirección: { $choices }.
confirm-next = Confirme ahora, y la edición actual llegará enseguida si contiene algo nuevo para usted; la siguiente, el { $next }.
confirm-button = Confirmar la suscripción
confirm-ignore = ¿No lo pidió usted? Entonces no haga caso de este correo, y no volverá a saber de nosotros.

already-subject = Usted ya está suscrito a { $site }
already-preheader = Sus boletines siguen llegando como hasta ahora.
already-heading = Usted ya está suscrito
already-asked = Alguien, probablemente usted, pidió a { $site } que envíe nuevos artículos de investigación a esta dirección. Ya lo hace, y nada ha cambiado: sus boletines siguen llegando como hasta ahora.
already-get = Usted recibe { $choices }.
already-button = Cambiar las preferencias

offer-subject = ¿Añadirlo a sus boletines de { $site }?
offer-preheader = Un clic lo añade a lo que ya recibe.
offer-heading = ¿Quiere que sus boletines le avisen de lo nuevo?
offer-asked = Alguien, probablemente usted, pidió a { $site } que avise a esta dirección de lo siguiente: { $words }.
offer-get = Usted ya recibe { $choices }, y nada ha cambiado. Añádalo, y sus próximos boletines lo traerán también.
offer-button = Añadir a mis boletines

move-subject = Se pidió un cambio de dirección en { $site }
move-preheader = Sus boletines han de ir a otra dirección.
move-heading = Sus boletines van a cambiar de dirección
move-asked = Por un enlace de su correo se pidió a { $site } que envíe sus boletines a otra dirección. Esa dirección recibe también un correo: en cuanto usted acepte aquí y se confirme allí, esta no recibirá nada más.
move-how = La página de este botón le permite, durante una semana, aceptar el cambio o detenerlo.
move-button = Aceptar o detener
move-ignore = ¿No lo pidió usted? Deténgalo allí, o no haga caso de este correo: sin su palabra no cambia nada.

here-subject = Confirme su nueva dirección en { $site }
here-preheader = Un clic aquí y otro en la dirección antigua, y los artículos llegarán aquí.
here-heading = ¿Han de llegar aquí los artículos?
here-asked = Un lector de { $site }, probablemente usted, pidió que sus boletines vayan a esta dirección: { $choices }.
here-how = Así será en cuanto confirme aquí y acepte en el correo enviado a la dirección antigua, ambas cosas en una semana. Si a esta dirección ya llegan artículos, estos ocuparán su lugar.
here-button = Confirmar la nueva dirección
here-ignore = ¿No lo pidió usted? Entonces no haga caso de este correo, y no cambia nada.

## Every page

site-skip = Ir a los artículos
site-forecasts = { $forecasts ->
    [one] { $forecasts } pronóstico
   *[other] { $forecasts } pronósticos
}
site-nav = Sitio
site-today = Hoy
site-front = Portada
site-topics = Temas
site-archive = Archivo
site-search = Búsqueda
site-more = Más
site-subscribe = Suscribirse
site-atom = Canal Atom
site-json = Canal JSON
site-api = API
site-footer = { $site } reúne los nuevos artículos de investigación, ve de cuáles se habla y se los entrega.
error-number = Error { $status }
error-front = A la portada
editions-title = Todas las ediciones

## Papers in lists

card-summary = Resumen: { $by }
card-link-of = { $link }: { $title }
edition-sample = muestra
edition-sample-note = <strong>Una edición de muestra.</strong> Estos artículos son reales y vienen con el programa para enseñar cómo es una edición. La primera edición propia se está preparando y ocupará su lugar.
turn-label = Seguir leyendo
side-label = Al margen
curve-usual = habitual

## The form

form-none-ticked = Ninguno marcado: lo mejor de todo.
form-how-often = Con qué frecuencia
form-once-a-week = Una vez a la semana
form-if-weekly = Si es semanal, el
form-forecasts = Pronósticos
form-forecasts-morning = Pronósticos de la mañana
form-email = Su dirección de correo
form-decoy = Deje esto en blanco
follow-tell-me = Avíseme de lo nuevo
follow-button = Seguir
follow-pitch = Un correo los días que traen { $words }.
form-free = Gratis. Usted confirma por correo, y un clic le pone fin.
form-did-you-mean = ¿Quiso decir { $address }?
form-yes-use = Sí, usar { $address }
form-no-right = No, { $address } es correcta
form-challenge = Su navegador está haciendo un pequeño cálculo y enviará este formulario por sí solo en unos segundos. Si no ocurre nada, pulse «Suscribirse» después de las { $hour } UTC.
form-topics-and-days = Temas y días
form-unless = Salvo que diga otra cosa:
form-subscribe = Suscribirse
form-at = A las
form-time-zone = Zona horaria
form-pitch = Los artículos de los que todos hablan, en su buzón.
form-topics-and-time = Temas y hora

## The front page

front-gathering = Se está preparando la primera edición
front-reading = { $site } está leyendo sus fuentes. En cuanto haya artículos, los mejores estarán aquí; suscríbase, y le llegarán.
front-old = La edición del { $day }: desde entonces no ha salido otra.
front-nothing = Ese día no se hablaba de nada nuevo.
fresh-on = Anunciados el <time>{ $day }</time>
fresh-forecast = Un pronóstico: recién anunciados, todavía sin votos, probablemente darán que hablar.
fresh-all = Todos los pronósticos de esa mañana
front-by-topic = Por temas
form-all-topics = Todos los temas
front-rising = Siguen subiendo
front-rest = El resto
front-one-list = En una sola lista
front-earlier = Ediciones anteriores
front-archive = El archivo

## Editions

editions-about = Una al día, fijada tal como se entregó.
editions-none = Se está preparando la primera edición. Estará aquí en cuanto haya artículos.
period-best = Lo mejor: { $period }
editions-older = Ediciones más antiguas
edition-days = del <first>{ $from }</first> al <last>{ $until }</last>
edition-papers-of-days = Los artículos de estos días: { $count }
edition-papers-of-day = Los artículos del día: { $count }
edition-none-of-topic = { $topics ->
    [one] En la edición de este día no hubo artículos sobre este tema.
   *[other] En la edición de este día no hubo artículos sobre estos temas.
} Sus otras listas están al lado; otros días, en el <archive>archivo</archive>.
edition-lists = Listas de este día
edition-around = Los días cercanos
edition-fresh = Recién anunciados: lo que probablemente dará que hablar
period-about = Lo mejor de estos días, por los votos que los artículos tienen hasta ahora.
period-days = Día a día
period-parts = Los mismos días, en otras partes

## Fresh

fresh-title = Recién anunciados
fresh-about = Un pronóstico, todavía sin votos: artículos recién anunciados que probablemente darán que hablar.
fresh-edition = <edition>La edición de ese día</edition> trae lo que ya se comenta.
fresh-none = Nada de lo anunciado es lo bastante probable para nombrarlo.
fresh-not-yet = Todavía no hay pronósticos: el primero llegará con la primera edición posterior a la lectura de arXiv.
fresh-record-title = Qué fue de los pronósticos
fresh-record-long = De los { $picks } primeros pronósticos del <first>{ $from }</first> al <last>{ $until }</last>, { $listed } entraron en las listas en una semana.
fresh-came-true = Cumplidos
fresh-missed = Fallados: los mejores de las listas que no se pronosticaron

## Papers

paper-more-authors = y { $authors } más
paper-other-authors = y otros { $authors }
paper-withdrawn = <strong>Retirado.</strong> Este artículo fue retirado por sus autores; la página de su resumen dice por qué.
paper-new = Qué hay de nuevo
paper-read = Leer en arXiv
paper-abstract = Resumen
paper-filed = Clasificado en
paper-words = Palabras:
paper-cite = Citar
paper-votes = Votos
paper-dotted = Línea de puntos: el artículo mediano de la lista de su día
paper-told = En la edición del { $day }:
paper-facts = Datos
paper-places = Dónde estuvo
paper-rank = n.º { $rank } de { $papers }
paper-related = Relacionados

## Names and topics

name-author = autor
name-organisation = organización
name-papers = <count>{ $papers ->
    [one] { $papers } artículo
   *[other] { $papers } artículos
}</count> con este nombre, primero los más recientes.
name-people = Las personas del mismo nombre figuran juntas aquí.
name-older = Artículos más antiguos
name-best = Los más votados
topic-label = Tema
topic-mail = Recibirlo por correo
topic-none = Todavía no hay ediciones de este tema. La primera saldrá en cuanto se hable de artículos sobre él.
topic-best = Los más votados en 30 días
topics-about = Cada uno se puede seguir por correo o por canal.
topics-counted = Recuento de la edición del <time>{ $day }</time>.

## Search

search-label = Palabras, un nombre, un identificador de arXiv o un enlace
search-button = Buscar
search-hint = "una frase" · -sin · a or b · author: · org: · topic: · category: · code:yes · after:2026-05 · before:
search-try = Pruebe con menos palabras o con otra grafía. Aquí solo se encuentran los artículos que { $site } ha visto.
search-narrow = Acotar la búsqueda
search-more = Más artículos

## What a reader follows

preferences-saved = <strong>Guardado.</strong> Vale desde el próximo boletín.
follow-shall = ¿Quiere que sus boletines le avisen de lo siguiente: { $words }?
follow-all-preferences = Todas las preferencias
follow-title = Lo que usted sigue
follow-hint = Cada día se buscan entre los artículos nuevos, y aparecen en su boletín bajo su propio título.
follow-remove-label = Quitar { $label }
follow-remove = Quitar
follow-for-search = de una búsqueda
follow-by-author = de un autor
follow-from-organisation = de una organización
follow-keep-out = esto no: dejarlo fuera
follow-words = Palabras como en la búsqueda, o un nombre
follow-add = Añadir
follow-search-hint = "una frase" · -sin · a or b · author: · org: · topic: · category: · code:yes
follow-is-only = Sus boletines traen solo esto, y nada de los temas.
follow-beside = Se añade a los artículos de sus temas.
follow-topics-too = Enviarme también mis temas
follow-only-this = Enviarme solo esto
follow-seed = Partir de lo que usted lee: enlaces, BibTeX, Zotero
seed-read = { $papers ->
    [one] Se leyó un artículo.
   *[other] Se leyeron { $papers } artículos.
} Marque de qué quiere saber: no se guarda nada más, ni siquiera la lista.
seed-nothing = En ella no destaca nada que usted no siga ya.
seed-follow = Seguir lo que he marcado
seed-about = Muestre algunos artículos que conozca, y de ellos se propondrán temas, autores y búsquedas. Solo se guarda lo que usted marque entonces.
seed-text = Enlaces o identificadores de arXiv, uno o varios
seed-file = O un archivo tal como lo exporta Zotero: BibTeX, RIS, RDF, CSL-JSON, JSON o CSV, de hasta 3 MB
seed-propose = Proponer

## Preferences

preferences-title = Sus artículos, a su manera
preferences-none = Ahora mismo no recibe boletines: estas preferencias esperan hasta que <again>se suscriba de nuevo</again>.
preferences-address = Todo llega a <strong>{ $address }</strong>.
preferences-length = Extensión
preferences-pause = Pausa hasta el
preferences-pause-hint = ningún boletín antes de ese día; en blanco: sin pausa
preferences-zone-hint = escriba una ciudad para buscarla
preferences-use-zone = Usar la zona de este navegador
preferences-use-place = Usar { $place }, como dice este navegador
preferences-save = Guardar
taste-title = Lo que dijo de los artículos
taste-about = Sus boletines se ordenan por los votos de los artículos y por { $says ->
    [one] lo que dijo de un artículo
   *[other] lo que dijo de { $says } artículos
}. Esto es todo lo que salió de ello; cambie una línea, o haga que se olvide.
taste-save = Guardar estas líneas
taste-forget = Olvidar todo lo que dije
address-title = Otra dirección
address-asked = <strong>Pedido.</strong> Si esa dirección sirve, un correo va camino de ella: pulse su enlace antes de una semana. Un correo a { $address } dice cómo detenerlo.
address-to = Enviar mis boletines a
address-ask = Preguntar a ambos buzones
data-title = Sus datos
data-about = Todo lo que se guarda de usted, y cómo ponerle fin. Nunca se cuenta lo que abre ni los enlaces que pulsa.
data-download = Descargar mis datos
erase-button = Borrarme

editions-description = Todas las ediciones diarias de { $site }, primero las más recientes.
period-description = Los artículos que más votos reunieron ({ $period }), de todos los que { $site } entregó.
period-before = Antes
period-after = Después
edition-days-plain = { $from } – { $until }
edition-description = Los artículos ({ $days }) tal como { $site } los entregó.
edition-description-topics = Los artículos sobre { $names } ({ $days }) tal como { $site } los entregó.
edition-foretold = Un pronóstico de aquella mañana
edition-in = En la edición del { $day }
edition-of = (edición del { $day })
fresh-title-on = Anunciados el { $day }
fresh-description = Artículos recién anunciados que probablemente darán que hablar, y qué fue de los pronósticos anteriores.
front-description = Los artículos de investigación de los que todos hablan, elegidos cada día y enviados a su buzón a la hora que prefiera.
front-since = { $votes } desde el { $day }
front-no-papers = No hay edición del { $day }: no llegaron artículos nuevos. La próxima saldrá el { $next }; hasta entonces, esta fue la última.
follow-group-search = Búsquedas
follow-group-author = Autores
follow-group-organisation = Organizaciones
follow-group-not = Fuera de sus boletines
follow-group-topic = Temas
seed-title = Partir de lo que usted lee
seed-none = No se encontró ningún artículo. Pegue enlaces o identificadores de arXiv, o elija un archivo tal como lo exporta Zotero (BibTeX, RIS, RDF, CSL-JSON, JSON o CSV) de 3 MB como máximo.
name-about-author = Artículos de { $name }, primero los más recientes, reunidos por { $site }.
name-about-organisation = Artículos de { $name }, primero los más recientes, reunidos por { $site }.
topics-description = Todo lo que se puede seguir en { $site }, por correo o por canal.
topic-offer = artículos nuevos sobre este tema
topic-first-on = por primera vez el { $day }
feed-about = Los artículos de investigación de los que todos hablan, elegidos cada día.
feed-note = Unas palabras sobre la edición del { $day }
feed-why = Por qué está aquí: { $reasons }.

paper-discussion = Debate
paper-above = Encima
paper-below = Debajo
paper-edition = La edición
paper-edition-of = { $day }: { $papers }
votes-upvotes = { $votes ->
    [one] voto en Hugging Face, contado el { $day }
   *[other] votos en Hugging Face, contados el { $day }
}
votes-points = { $votes ->
    [one] punto en Hacker News, contado el { $day }
   *[other] puntos en Hacker News, contados el { $day }
}
fact-counted = { $metric } en { $place }
fact-upvotes = Votos
fact-comments = Comentarios
fact-stars = Estrellas
fact-points = Puntos
fact-published = Publicado
fact-first-seen = Visto aquí por primera vez
paper-version = Versión { $version }
paper-version-of = Versión { $version }, del { $day }
paper-version-first = { $told }; la primera, del { $day }
paper-version-at = { $version } en arXiv
curve-days = Votos del { $from } al { $until }:
curve-after-a-day = { NUMBER($votes) } al cabo de un día,
curve-end = { NUMBER($votes) } al final.
curve-middle = { NUMBER($votes) } al final; el artículo mediano de su lista tenía { NUMBER($usual) }.

search-title = Búsqueda: { $query }
search-feed-about = Artículos nuevos para la búsqueda «{ $query }».
search-atom = Canal Atom de esta búsqueda
search-offer = artículos nuevos para esta búsqueda
search-none = Ningún artículo coincide.
search-none-read = Ninguno de los artículos leídos coincide.
search-more-than = Más de { NUMBER($papers) } artículos
misread-nothing-after = No hay nada después de «{ $filter }:».
misread-no-day = «{ $filter }:{ $text }» no es un día: escriba { $filter }:2026-05-29, { $filter }:2026-05 o { $filter }:2026.
misread-days = Ningún día es a partir del { $after } y anterior al { $before }.
misread-long = Solo se leyeron los primeros { $characters } caracteres.
misread-many = Solo se buscaron las primeras { $words } palabras.
misread-only-not = Diga también qué buscar, no solo qué excluir.
misread-no-topic = No hay ningún tema «{ $topic }»: vea en /topics los que hay.
search-corrected = «{ $to }» en lugar de «{ $from }»
search-showing = Resultados de { $changed }: ningún artículo contiene lo que usted escribió.
search-relaxed = Ningún artículo tiene todas estas palabras: estos tienen la mayoría.
search-numbers = Los números del margen son de los { NUMBER($papers) } mejores.
search-without-filters = Sin filtros: { $query }
search-any-order = Las palabras en cualquier orden: { $query }
search-any-word = Cualquiera de las palabras: { $query }
search-with-code = Con código

## Pages behind the links of a mail

here-page-how = Un clic, y sus boletines llegarán a la dirección en la que abrió esto, en cuanto la antigua acepte también.
here-page-replaces = Si a ella ya llegan artículos, estos ocuparán su lugar.
stay-title = ¿Han de cambiar de dirección sus boletines?
stay-where = Han de ir a otra dirección, y ninguno más a la dirección en la que abrió esto.
stay-how = Cambian cuando usted acepta aquí y la nueva dirección se confirma también. ¿No lo pidió usted? Entonces deténgalo.
stay-agree = Aceptar el cambio
stay-stop = Detener el cambio
stay-or = O que sigan llegando aquí:
stay-press = Un clic, y usted acepta: irán a la nueva dirección en cuanto se confirme también allí.
moved-title = Sus boletines han cambiado de dirección
moved-from = Desde el próximo llegan a la nueva dirección, y ninguno a la antigua.
moved-old-title = La dirección antigua también debe aceptar
moved-old = La nueva dirección está confirmada. La dirección a la que llegan ahora sus boletines recibió un correo con un enlace: acepte allí, y cambiarán.
moved-new-title = La nueva dirección también debe confirmarse
moved-new = Usted aceptó. La nueva dirección recibe un correo con un enlace: confírmela allí, y sus boletines cambiarán.
moved-until = Hasta entonces no cambia nada. Pasada una semana, habrá que pedir el cambio de nuevo.
stayed-title = Nada cambia

say-undo = Deshacerlo
say-ask-more = ¿Más como este?
say-ask-less = ¿No es para usted?
say-ask-undo = ¿Deshacerlo?
say-effect-more = Los artículos que comparten sus temas, palabras o autores suben en sus boletines en cuanto lo haya dicho de varios.
say-effect-less = Los artículos que comparten sus temas, palabras o autores bajan en sus boletines en cuanto lo haya dicho de varios.
say-effect-undo = Un clic, y será como si no hubiera dicho nada de este artículo.
say-bound = El n.º 1 del día llega siempre, y algunos de los demás solo por sus votos.
say-said-more = De él dijo: más como este.
say-said-less = De él dijo: no es para mí.
say-paper = «{ $title }»
say-done-more = Más como este
say-done-less = Menos como este
say-done-undo = Deshecho
say-where = El enlace «Preferencias» de su correo muestra qué salió de ello.
say-slip = ¿Fue sin querer?
say-counts-nothing = Desde su próximo boletín, este artículo no cuenta.
say-noted = Anotado. Contará cuando haya dicho lo mismo de otros artículos parecidos.
say-count-for = Desde su próximo boletín, esto cuenta a favor de un artículo: { $names }.
say-count-against = Desde su próximo boletín, esto cuenta en contra de un artículo: { $names }.

preferences-get = { $papers ->
    [one] Usted recibe { $choices }, hasta { $papers } artículo cada vez.
   *[other] Usted recibe { $choices }, hasta { $papers } artículos cada vez.
}
erase-title = ¿Borrarlo todo?
erase-press = Un clic, y su dirección, sus preferencias y todo lo que dijo de los artículos desaparecen. No llegará ningún boletín más.
erase-stays = Queda un número sin persona, con el que se cuenta cuántos boletines se enviaron.
erased-title = Sus datos están borrados
erased-nothing = Aquí no se guarda nada de usted.
standing-empty = El { $day } no llegó nada nuevo sobre sus temas, así que no se envió ningún boletín.
standing-rest = Sus boletines están en pausa hasta el { $day }.
standing-next = El próximo boletín llega el { $next }.
taste-much-more = Mucho más
taste-more = Más
taste-no-matter = Indiferente
taste-less = Menos
taste-much-less = Mucho menos
taste-topic = Tema
taste-word = Palabra
taste-author = Autor
taste-as-i-say = Según lo que diga de los artículos
taste-as-i-said = Según lo que dije: { $weight }

confirm-page-title = ¿Quiere recibir los artículos?
confirm-page-asked = Usted pidió { $choices }.
confirm-page-press = Un clic, y llegarán: la edición actual enseguida, si contiene algo nuevo para usted; la siguiente, el { $next }. Todas llevan un enlace que les pone fin.
confirm-page-button = Confirmar mi suscripción
confirmed-title = Usted está suscrito
confirmed-coming = La edición actual va camino de su buzón.
confirmed-had = Ya recibió la edición actual, así que no llega otra vez.
confirmed-nothing = La próxima edición con algo para usted está por venir.
confirmed-already = Ya lo estaba, y nada ha cambiado.
confirmed-next = El próximo boletín llega el { $next }.
confirmed-next-unknown = El próximo boletín llega en cuanto esté lista su edición.
confirmed-get = Usted recibe { $choices }. Cada correo lleva un enlace para cambiarlo y otro para ponerle fin.
back-title = ¿Quiere recibir de nuevo los artículos?
back-press = Un clic, y así será, como se dice aquí.
back-done = Usted está suscrito de nuevo
leave-title = ¿No recibir más artículos?
leave-press = Un clic, y no le llegará ningún boletín más.
left-title = Usted se ha dado de baja
left-thanks = No le llegará ningún boletín más. Gracias por leernos.
left-changed = ¿Ha cambiado de opinión?
left-again = Suscribirse de nuevo
left-less = ¿O bastaría con menos?
left-fewer = Cinco artículos cada vez
left-pause = Una pausa de cuatro semanas
left-question = Una pregunta, si no le importa: ¿por qué se va?
why-title = ¿Por qué se va?
why-say = Decirlo
why-thanks = Gracias por decirlo
why-kept = Se guarda como una sola palabra, y usted sigue dado de baja.
why-too-many = Demasiados correos
why-not-my-field = No es mi campo
why-found-elsewhere = Leo los artículos en otra parte
why-no-time = No tengo tiempo de leer
why-press-too-many = Un clic para decir: demasiados correos.
why-press-not-my-field = Un clic para decir: no es mi campo.
why-press-found-elsewhere = Un clic para decir: leo los artículos en otra parte.
why-press-no-time = Un clic para decir: no tengo tiempo de leer.

## Subscribing

subscribe-almost = Ya casi está
subscribe-look = Algo en el formulario requiere otra mirada; lo que usted rellenó sigue aquí.
subscribe-moment = Un momento
subscribe-many = En la última hora llegaron muchas suscripciones desde su red, así que esta debe mostrar que no es de una máquina.
subscribe-inbox = Mire su buzón
subscribe-on-its-way = Un correo va camino de la dirección que usted dio. Pulse su enlace para confirmar, y los artículos llegarán.
subscribe-nothing = { $minutes ->
   *[other] ¿Nada al cabo de unos minutos? Mire en el correo no deseado. { $minutes } minutos después de un correo, el formulario envía otro.
}
form-topics = { $topics } temas
form-language = Idioma
form-zone-yours = La suya
region-universal = Universal
region-africa = África
region-america = América
region-antarctica = Antártida
region-arctic = Ártico
region-asia = Asia
region-atlantic = Atlántico
region-australia = Australia
region-europe = Europa
region-indian = Índico
region-pacific = Pacífico

## What went wrong

address-unlike = Eso no parece una dirección de correo: debe escribirse como nombre@example.org.
address-not-public = Esa dirección no está en el internet público. Use una cuyo dominio termine como example.org.
input-topic = No hay ningún tema llamado «{ $topic }». Elija entre los temas del sitio.
input-frequency = La frecuencia debe ser una de: { $known }.
input-timezone = No conocemos esa zona horaria. Use un nombre como Europe/Berlin o America/New_York.
input-hour = La hora debe ser un número entero de 0 a 23.
input-length = Un boletín trae { $known } artículos: elija uno de estos números.
input-weekday = El día de la semana debe ser un número entero de 1 (lunes) a 7 (domingo).
input-language = Ese idioma no está aquí: elija uno de { $known }.
input-pause-day = El día en que termina la pausa debe ser una fecha del calendario, como 2026-08-01.
input-pause-long = Una pausa puede durar un año: elija un día dentro de él, o dese de baja.
input-follow = Diga qué quiere seguir: una búsqueda, un autor, una organización o un tema.
input-no-topic = Ese tema no existe. Elija entre los temas del sitio.
input-search = Escriba al menos una palabra que buscar, como en la búsqueda: best arm identification.
input-search-characters = Una búsqueda que seguir tiene como máximo { $characters } caracteres: quite algunas palabras.
input-search-words = Una búsqueda que seguir tiene como máximo { $words } palabras: quite algunas.
input-name = Escriba el nombre tal como figura en los artículos: Ada Lovelace.
input-follows-full = Puede seguir { $most } búsquedas y nombres como máximo: quite primero algunos y añada luego otros.
no-topic = Ese tema no existe: elija uno de la lista de temas en /topics.
no-paper = No hay ningún artículo en esta dirección: búsquelo por su título.
no-edition = No hay ninguna edición en esta dirección: busque su día en el archivo.
no-author = Aquí no hay artículos de este autor: pruebe con otra grafía en la búsqueda.
no-organisation = Aquí no hay artículos de esta organización: pruebe con otra grafía en la búsqueda.
address-same = Sus boletines ya van a esa dirección.
address-too-soon = Acaba de pedirse un cambio, o ahora mismo no recibe boletines: espere diez minutos y pídalo de nuevo.
address-no-mail = El dominio de esa dirección no acepta correo, según dice su dueño en el DNS. Use otra dirección.
address-no-domain = El dominio de esa dirección no existe. Revise lo que va después de la @.
rate-limited = { $seconds ->
    [one] Llegaron demasiadas peticiones desde donde usted está: espere { $seconds } segundo y envíela de nuevo.
   *[other] Llegaron demasiadas peticiones desde donde usted está: espere { $seconds } segundos y envíela de nuevo.
}
form-unreadable = El formulario no se puede leer: está cortado, o no nombra su delimitador. Envíelo de nuevo.
address-of-page-unreadable = La dirección contiene un carácter que ninguna dirección puede contener: revísela y pruebe de nuevo.
subscribe-accepted = Mire su buzón y pulse el enlace del correo para confirmar.
failure-not-found-title = Aquí no hay nada
failure-not-found = Esta dirección no lleva a ninguna parte: revise si está bien escrita, o empiece desde la portada.
failure-token-title = Este enlace no funciona
failure-token = Puede estar incompleto, caducado o hecho para otra página: ábralo de nuevo desde el correo más reciente, o suscríbase otra vez en la portada.
failure-unavailable-title = Fuera de alcance por un momento
failure-unavailable = Una parte de este servicio no responde: pruebe de nuevo en un minuto.
failure-internal-title = Algo se rompió de nuestro lado
failure-internal = El fallo quedó anotado y no fue suyo: pruebe de nuevo en un minuto.
failure-refused-title = Esa petición no se puede leer
failure-refused = Lo enviado no se puede leer aquí: vuelva atrás y pruebe otra vez, o empiece desde la portada.
failure-too-large = Es más de lo que aquí se admite: vuelva atrás y pruebe otra vez, o empiece desde la portada.
failure-method-title = Eso no funciona aquí
failure-method = Esta página no se puede usar así: vuelva atrás y pruebe otra vez, o empiece desde la portada.
failure-unsigned-title = No está firmado
failure-unsigned = La petición no está firmada como debe: fírmela y envíela de nuevo.
failure-limited-title = Un poco demasiado rápido
failure-limited = Llegaron demasiadas peticiones desde donde usted está: espere un momento y envíela de nuevo.
failure-unusable-title = Así no se puede usar
failure-unusable = Lo enviado no se puede usar: corríjalo y envíelo de nuevo.
failure-busy-title = Demasiado ocupado por un momento
failure-busy = Se pide demasiado a la vez a este servicio: pruebe de nuevo en un minuto.

## The topics that ship

topic-name-language-models = Modelos de lenguaje
topic-about-language-models = Preentrenamiento, posentrenamiento, arquitectura y comportamiento de los modelos de texto.
topic-name-reasoning = Razonamiento
topic-about-reasoning = Cadenas de pensamiento, verificadores, matemáticas y lógica con modelos, búsqueda durante la inferencia.
topic-name-agents = Agentes
topic-about-agents = Sistemas que actúan en varios pasos con herramientas, ordenadores, navegadores, memoria y otros agentes.
topic-name-code = Código y software
topic-about-code = Escribir, reparar, probar y comprender programas; ingeniería de software.
topic-name-reinforcement-learning = Aprendizaje por refuerzo
topic-about-reinforcement-learning = Aprender de recompensas: métodos y comprensión, incluidos RLHF y recompensas verificables.
topic-name-vision = Visión por computador
topic-about-vision = Ver: reconocimiento, segmentación, detección, seguimiento, profundidad, comprensión de imágenes y vídeo.
topic-name-generation = Generación de imágenes y vídeo
topic-about-generation = Crear y editar imágenes, vídeo y movimiento.
topic-name-3d = 3D y escenas
topic-about-3d = Reconstrucción, splatting, mallas, simulación de escenas, vistas nuevas.
topic-name-multimodal = Modelos multimodales
topic-about-multimodal = Modelos que unen el lenguaje con imágenes, vídeo y sonido.
topic-name-speech-audio = Voz y audio
topic-about-speech-audio = Reconocimiento y síntesis de voz, música y sonido.
topic-name-robotics = Robótica y agentes físicos
topic-about-robotics = Robots, manipulación, navegación de cuerpos, modelos de visión, lenguaje y acción, conducción.
topic-name-safety = Seguridad y alineamiento
topic-about-safety = Daños, jailbreaks, salvaguardas, honestidad, alineamiento con valores, supervisión.
topic-name-interpretability = Interpretabilidad
topic-about-interpretability = Lo que ocurre dentro de los modelos: circuitos, rasgos, sondeo, atribución.
topic-name-systems = Eficiencia y sistemas
topic-about-systems = Entrenamiento e inferencia más baratos y rápidos: cuantización, dispersión, cachés, núcleos, servicio, modelos pequeños.
topic-name-data = Datos y pruebas de referencia
topic-about-data = Conjuntos de datos, pruebas de referencia y métodos de evaluación.
topic-name-retrieval = Búsqueda y recomendación
topic-about-retrieval = Recuperación de información, RAG, embeddings, ordenación, sistemas de recomendación.
topic-name-theory = Teoría y optimización
topic-about-theory = Demostraciones, cotas, optimizadores, dinámica del aprendizaje, estadística del aprendizaje.
topic-name-graphs-and-time = Grafos, tablas y series temporales
topic-about-graphs-and-time = Aprendizaje con grafos y tablas, predicción, detección de anomalías.
topic-name-science-medicine = Ciencia y medicina
topic-about-science-medicine = Física, química, biología, medicina y matemáticas mediante aprendizaje; investigación automatizada.
topic-name-people = Personas y sociedad
topic-about-people = Interacción persona-ordenador, educación, derecho, economía y ciencias sociales con modelos y sobre ellos.
topic-name-security = Ciberseguridad y privacidad
topic-about-security = Ataques, defensas, privacidad, marcas de agua, desaprendizaje, aprendizaje federado.
topic-name-mathematics = Matemáticas
topic-about-mathematics = Todas las matemáticas de arXiv.
topic-name-statistics = Estadística
topic-about-statistics = Toda la estadística de arXiv.
topic-name-physics = Física
topic-about-physics = La física de arXiv, de la materia condensada a las altas energías.
topic-name-astronomy = Astronomía
topic-about-astronomy = Toda la astrofísica de arXiv.
topic-name-quantum = Física cuántica
topic-about-quantum = Toda la física cuántica de arXiv, incluida la computación cuántica.
topic-name-computer-science = Informática
topic-about-computer-science = Lo que ningún tema anterior recoge de la informática de arXiv.
topic-name-economics-and-finance = Economía y finanzas
topic-about-economics-and-finance = Toda la economía y las finanzas cuantitativas de arXiv.
topic-name-quantitative-biology = Biología cuantitativa
topic-about-quantitative-biology = Toda la biología cuantitativa de arXiv.
topic-name-electrical-engineering = Ingeniería eléctrica
topic-about-electrical-engineering = Toda la ingeniería eléctrica y de sistemas de arXiv.
