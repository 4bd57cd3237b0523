# العربية. يخاطَب القارئ بصيغة المفرد كما في الصحف. وما بين U+2066 وU+2069 لاتيني لا ينقلب ترتيبه.

## Small words

papers = { $papers ->
    [zero] لا أوراق
    [one] ورقة واحدة
    [two] ورقتان
    [few] { $papers } أوراق
    [many] { $papers } ورقة
   *[other] { $papers } ورقة
}
votes = { $votes ->
    [zero] لا أصوات
    [one] صوت واحد
    [two] صوتان
    [few] { $votes } أصوات
    [many] { $votes } صوتًا
   *[other] { $votes } صوت
}
authors-two = { $first } و{ $second }
authors-more = { $others ->
    [one] { $first } ومؤلف آخر
    [two] { $first } ومؤلفان آخران
    [few] { $first } و{ $others } آخرون
   *[other] { $first } و{ $others } غيره
}
label-with-colon = { $label }:
comma = {"، "}
semicolon = {"؛ "}
link-paper = الورقة
link-pdf = PDF
link-code = الشيفرة
link-project = المشروع
link-read = اقرأ
imprint = بيانات الناشر
privacy = الخصوصية
contact = اتصل بنا
unsubscribe = إلغاء الاشتراك
preferences = التفضيلات

## Why a paper is here

reason-in-hours = { $hours ->
    [zero] في أقل من ساعة
    [one] في ساعة
    [two] في ساعتين
    [few] في { $hours } ساعات
    [many] في { $hours } ساعة
   *[other] في { $hours } ساعة
}
reason-in-days = { $days ->
    [zero] في أقل من يوم
    [one] في يوم
    [two] في يومين
    [few] في { $days } أيام
    [many] في { $days } يومًا
   *[other] في { $days } يوم
}
reason-ahead = { $within }، أكثر من { $ahead }% من الأوراق التي في عمرها
reason-first = { $within }، أكثر من أي ورقة أخرى في عمرها
reason-authors = تأليف { $names }، وقد لقيت أوراقهم هنا اهتمامًا من قبل
reason-organisation = من { $name }، وقد لقيت أوراقها هنا اهتمامًا من قبل
reason-code = الشيفرة متاحة
reason-project = لها صفحة مشروع
reason-media = معروضة بالصور أو الفيديو
reason-follow = أنت تتابع { $name }
reason-search = توافق بحثك: { $search }
withdrawn = مسحوبة
back-since = عادت: كانت في عدد { $day }
back-had = عادت: صار الحديث عنها أكثر بكثير مما كان متوقعًا حين وصلتك
new-today = جديدة اليوم
reason-top = { $share ->
   *[other] ضمن أفضل { $share }% في عمرها
}
reason-comments = { $comments ->
    [zero] لا تعليقات
    [one] تعليق واحد
    [two] تعليقان
    [few] { $comments } تعليقات
    [many] { $comments } تعليقًا
   *[other] { $comments } تعليق
}

## Forecasts

chance-high = مرجّح جدًا
chance-good = مرجّح
chance-fair = ممكن
fresh-authors-of = { $authors ->
    [one] لأحد مؤلفي { $paper }
    [two] لاثنين من مؤلفي { $paper }
   *[other] لـ{ $authors } من مؤلفي { $paper }
}
fresh-authors-listed = { $authors ->
    [one] لمؤلف أُدرجت أوراقه من قبل
    [two] لمؤلفَين أُدرجت أوراقهما من قبل
    [few] لـ{ $authors } مؤلفين أُدرجت أوراقهم من قبل
   *[other] لـ{ $authors } مؤلفًا أُدرجت أوراقهم من قبل
}
fresh-paper-votes = { $name } ({ $votes })
fresh-some-paper = ورقة أُدرجت من قبل
fresh-some-paper-votes = ورقة نالت { $votes }
fresh-record = من { $picks } توقعًا ({ $days }) صدق { $listed }

## What a reader chose

clock = بتوقيت { $place }
frequency-daily = كل يوم
frequency-weekdays = من الاثنين إلى الجمعة
frequency-weekly = كل { $day }
choice = { $what }، { $when } الساعة { $hour } { $clock }
choice-all = أفضل ما في كل المواضيع
choice-followed = الجديد مما تتابعه
moment = { $day } الساعة { $hour } { $clock }
follow-author = أوراق جديدة من تأليف { $label }
follow-organisation = أوراق جديدة من { $label }
follow-topic = موضوع { $label }
follow-not = لا أوراق عن «{ $label }»
follow-search = أوراق جديدة للبحث «{ $label }»

## The digest

digest-subject = { $others ->
    [0] { $title }
    [one] { $title } وورقة أخرى
    [two] { $title } وورقتان أخريان
    [few] { $title } و{ $others } أوراق أخرى
   *[other] { $title } و{ $others } ورقة أخرى
}
digest-subject-sample = عينة: { $subject }
digest-minutes = { $minutes ->
    [zero] أقل من دقيقة
    [one] دقيقة واحدة
    [two] دقيقتان
    [few] { $minutes } دقائق
    [many] { $minutes } دقيقة
   *[other] { $minutes } دقيقة
}
digest-all-papers = كل الأوراق
digest-wish-all = كل الأوراق
digest-wish-followed = ما تتابعه
digest-wish-topics = { $topics ->
    [zero] لا مواضيع
    [one] موضوع واحد
    [two] موضوعان
    [few] { $topics } مواضيع
    [many] { $topics } موضوعًا
   *[other] { $topics } موضوع
}
digest-wish-both = { $wish }، و{ $beside }
digest-searches = { $searches ->
    [zero] لا عمليات بحث
    [one] بحث واحد
    [two] بحثان
    [few] { $searches } عمليات بحث
    [many] { $searches } عملية بحث
   *[other] { $searches } عملية بحث
}
digest-names = { $names ->
    [zero] لا أسماء
    [one] اسم واحد
    [two] اسمان
    [few] { $names } أسماء
    [many] { $names } اسمًا
   *[other] { $names } اسم
}
digest-both = { $first } و{ $second }
digest-part-search = بحثك
digest-part-followed = ما تتابعه
digest-best-of-week = { $papers ->
    [one] أفضل ورقة في الأسبوع
    [two] أفضل ورقتين في الأسبوع
    [few] أفضل { $papers } أوراق في الأسبوع
   *[other] أفضل { $papers } ورقة في الأسبوع
}
digest-some-of = { $papers } من { $all }
digest-new-count = { $papers ->
    [one] ورقة جديدة
    [two] ورقتان جديدتان
    [few] { $papers } أوراق جديدة
   *[other] { $papers } ورقة جديدة
}
digest-in-brief = باختصار
digest-by = جديد { $name }
digest-from = جديد من { $name }
digest-search = بحثك: { $search }
digest-sample = <strong>عينة.</strong> تأتي هذه الأوراق مع البرنامج لتُظهر شكل النشرة، وليست أخبار اليوم.
digest-sample-text = عينة: تأتي هذه الأوراق مع البرنامج لتُظهر شكل النشرة، وليست أخبار اليوم.
digest-read-paper = اقرأ الورقة
digest-read-more = اقرأ المزيد
digest-more-like-this = المزيد مثلها
digest-not-for-me = لا تهمّني
digest-fresh = أُعلنت هذا الصباح
digest-forecast = توقّع بلا أصوات بعد.
digest-forecast-record = توقّع بلا أصوات بعد؛ { $record }.
digest-leave-out = احذف هذا القسم
digest-if-you-liked = إن أعجبتك الورقة رقم 1
digest-more = { $papers ->
    [one] ورقة أخرى
    [two] ورقتان أخريان
    [few] { $papers } أوراق أخرى
   *[other] { $papers } ورقة أخرى
}
digest-others = { $papers ->
    [one] ورقة أخرى
    [two] ورقتان أخريان
    [few] { $papers } أوراق أخرى
   *[other] { $papers } ورقة أخرى
}
digest-asked = طلبت من <site>{ $site }</site> على { $host } ما يلي: { $wish }. { $told }
digest-asked-site = طلبت من { $site } على { $host }
digest-asked-wish = ما يلي: { $wish }.
digest-told-authors = الجديد مروي بكلمات المؤلفين.
digest-told-others = الجديد يرويه { $names } أو المؤلفون بكلماتهم.
digest-browser = افتح في المتصفح
digest-website = الموقع

## Notices

notice-button-fails = إن لم يعمل الزر فافتح هذا العنوان:
notice-did-not-ask = ألم تطلب ذلك؟ إذن لا حاجة إلى فعل شيء. وإن لم تعد تريد بريدًا منا فألغِ الاشتراك:

confirm-subject = أكّد اشتراكك في { $site }
confirm-preheader = نقرة واحدة وتصل الأوراق التالية إلى هذا العنوان.
confirm-heading = نرجو تأكيد عنوانك
confirm-asked = طلب أحدهم، ولعله أنت، من { $site } إرسال أوراق بحثية جديدة إلى هذا العنوان: { $choices }.
confirm-next = أكّد الآن يصلك العدد الحالي فورًا إن كان فيه جديد لك، والعدد التالي يوم { $next }.
confirm-button = تأكيد الاشتراك
confirm-ignore = ألم تطلب ذلك؟ تجاهل هذه الرسالة ولن تسمع منا ثانية.

already-subject = أنت مشترك في { $site } من قبل
already-preheader = تظل نشراتك تصلك كما كانت.
already-heading = أنت مشترك من قبل
already-asked = طلب أحدهم، ولعله أنت، من { $site } إرسال أوراق بحثية جديدة إلى هذا العنوان. وهي تصل إليه من قبل، ولم يتغير شيء: تظل نشراتك تصلك كما كانت.
already-get = يصلك: { $choices }.
already-button = تغيير التفضيلات

offer-subject = أنضيف هذا إلى نشراتك من { $site }؟
offer-preheader = نقرة واحدة تضيفه إلى ما يصلك.
offer-heading = أتخبرك نشراتك بالجديد منه؟
offer-asked = طلب أحدهم، ولعله أنت، من { $site } إخبار هذا العنوان بما يلي: { $words }.
offer-get = يصلك من قبل: { $choices }، ولم يتغير شيء. أضفه تحمله نشراتك التالية أيضًا.
offer-button = أضف إلى نشراتي

move-subject = طُلب تغيير عنوانك في { $site }
move-preheader = ستذهب نشراتك إلى عنوان آخر.
move-heading = نشراتك على وشك الانتقال
move-asked = عبر رابط من بريدك طُلب من { $site } إرسال نشراتك إلى عنوان آخر. وتصل ذلك العنوان رسالة أيضًا: متى وافقت هنا وجرى التأكيد هناك لم يعد يصل إلى هذا العنوان شيء.
move-how = تتيح لك الصفحة التي يفتحها هذا الزر أن توافق خلال أسبوع أو أن توقف التغيير.
move-button = وافق أو أوقف
move-ignore = ألم تطلب ذلك؟ أوقفه هناك أو تجاهل هذه الرسالة: لا يتغير شيء من دون موافقتك.

here-subject = أكّد عنوانك الجديد في { $site }
here-preheader = نقرة هنا وأخرى في العنوان القديم، فتصل الأوراق إلى هنا.
here-heading = أتصل الأوراق إلى هنا؟
here-asked = طلب أحد قراء { $site }، ولعله أنت، أن تذهب نشراته إلى هذا العنوان: { $choices }.
here-how = يكون ذلك متى أكّدت هنا ووافقت في الرسالة المرسلة إلى العنوان القديم، وكلاهما خلال أسبوع. وإن كانت تصل إلى هذا العنوان أوراق من قبل حلّت هذه محلها.
here-button = تأكيد العنوان الجديد
here-ignore = ألم تطلب ذلك؟ تجاهل هذه الرسالة ولا يتغير شيء.

## Every page

site-skip = انتقل إلى الأوراق
site-forecasts = { $forecasts ->
    [zero] لا توقعات
    [one] توقع واحد
    [two] توقعان
    [few] { $forecasts } توقعات
    [many] { $forecasts } توقعًا
   *[other] { $forecasts } توقع
}
site-nav = الموقع
site-today = اليوم
site-front = الصفحة الأولى
site-topics = المواضيع
site-archive = الأرشيف
site-search = البحث
site-more = المزيد
site-subscribe = اشترك
site-atom = خلاصة Atom
site-json = خلاصة JSON
site-api = API
site-footer = يجمع { $site } الأوراق البحثية الجديدة، ويرى أيها يدور الحديث عنه، ويوصله إليك.
error-number = خطأ { $status }
error-front = إلى الصفحة الأولى
editions-title = كل الأعداد

## Papers in lists

card-summary = الملخّص: { $by }
card-link-of = { $link }: { $title }
edition-sample = عينة
edition-sample-note = <strong>عدد عينة.</strong> هذه الأوراق حقيقية، وتأتي مع البرنامج لتُظهر شكل العدد. ويجري جمع أول عدد خاص بالموقع، وسيحل محلها.
turn-label = اقرأ أيضًا
side-label = على الهامش
curve-usual = المعتاد

## The form

form-none-ticked = إن لم تختر شيئًا: الأفضل من كل شيء.
form-how-often = كم مرة
form-once-a-week = مرة في الأسبوع
form-if-weekly = إن كانت أسبوعية، يوم
form-forecasts = التوقعات
form-forecasts-morning = توقعات الصباح
form-email = عنوان بريدك الإلكتروني
form-decoy = اترك هذا فارغًا
follow-tell-me = أخبرني بالجديد
follow-button = تابع
follow-pitch = رسالة في الأيام التي تأتي بما يلي: { $words }.
form-free = مجانًا. تؤكّد بالبريد، ونقرة واحدة تنهيه.
form-did-you-mean = هل قصدت { $address }؟
form-yes-use = نعم، استخدم { $address }
form-no-right = لا، { $address } صحيح
form-challenge = يجري متصفحك عملية حسابية صغيرة، ويرسل هذا النموذج بنفسه بعد ثوانٍ. إن لم يحدث شيء فاضغط «اشترك» بعد الساعة { $hour } UTC.
form-topics-and-days = المواضيع والأيام
form-unless = ما لم تقل غير ذلك:
form-subscribe = اشترك
form-at = الساعة
form-time-zone = المنطقة الزمنية
form-pitch = الأوراق التي يتحدث عنها الجميع، في بريدك.
form-topics-and-time = المواضيع والوقت

## The front page

front-gathering = يجري جمع العدد الأول
front-reading = يقرأ { $site } مصادره الآن. متى جاءت أوراق ظهرت أفضلها هنا؛ اشترك تصل إليك.
front-old = عدد { $day }: لم يصدر بعده عدد أحدث.
front-nothing = لم يدر الحديث في هذا اليوم عن شيء جديد.
fresh-on = أُعلنت يوم <time>{ $day }</time>
fresh-forecast = توقّع: أُعلنت للتو، بلا أصوات بعد، ويُرجّح أن يدور الحديث عنها.
fresh-all = كل توقعات ذلك الصباح
front-by-topic = حسب الموضوع
form-all-topics = كل المواضيع
front-rising = ما زالت تصعد
front-rest = البقية
front-one-list = في قائمة واحدة
front-earlier = أعداد سابقة
front-archive = الأرشيف

## Editions

editions-about = عدد في اليوم، محفوظ كما أُرسل.
editions-none = يجري جمع العدد الأول. سيظهر هنا متى جاءت أوراق.
period-best = الأفضل: { $period }
editions-older = أعداد أقدم
edition-days = من <first>{ $from }</first> إلى <last>{ $until }</last>
edition-papers-of-days = أوراق هذه الأيام: { $count }
edition-papers-of-day = أوراق اليوم: { $count }
edition-none-of-topic = { $topics ->
    [one] لم تكن في عدد هذا اليوم ورقة في هذا الموضوع.
   *[other] لم تكن في عدد هذا اليوم ورقة في هذه المواضيع.
} قوائمه الأخرى إلى جانب هذه، والأيام الأخرى في <archive>الأرشيف</archive>.
edition-lists = قوائم هذا اليوم
edition-around = الأيام القريبة
edition-fresh = أُعلنت للتو: ما يُرجّح أن يدور الحديث عنه
period-about = أفضل ما في هذه الأيام، بحسب ما نالته الأوراق من أصوات حتى الآن.
period-days = يومًا بيوم
period-parts = الأيام نفسها مقسمة بطريقة أخرى

## Fresh

fresh-title = أُعلنت للتو
fresh-about = توقّع بلا أصوات بعد: أوراق أُعلنت للتو ويُرجّح أن يدور الحديث عنها.
fresh-edition = في <edition>عدد ذلك اليوم</edition> ما يدور الحديث عنه بالفعل.
fresh-none = لا شيء مما أُعلن مرجّح بما يكفي ليُذكر.
fresh-not-yet = لا توقعات بعد: يأتي أولها مع أول عدد بعد قراءة arXiv.
fresh-record-title = ما آلت إليه التوقعات
fresh-record-long = من أول { $picks } توقعًا بين <first>{ $from }</first> و<last>{ $until }</last> أُدرج { $listed } خلال أسبوع.
fresh-came-true = صدقت
fresh-missed = فاتتنا: أفضل ما أُدرج ولم نتوقعه

## Papers

paper-more-authors = { $authors ->
    [one] ومؤلف آخر
    [two] ومؤلفان آخران
    [few] و{ $authors } مؤلفين آخرين
   *[other] و{ $authors } مؤلفًا آخر
}
paper-other-authors = { $authors ->
    [one] ومؤلف آخر
    [two] ومؤلفان آخران
    [few] و{ $authors } مؤلفين آخرين
   *[other] و{ $authors } مؤلفًا آخر
}
paper-withdrawn = <strong>مسحوبة.</strong> سُحبت هذه الورقة؛ وتذكر صفحة ملخّصها السبب.
paper-new = ما الجديد
paper-read = اقرأها على arXiv
paper-abstract = الملخّص
paper-filed = مصنفة تحت
paper-words = كلمات:
paper-cite = اقتبس
paper-votes = الأصوات
paper-dotted = المنقّط: الورقة الوسطى في قائمة يومها
paper-told = في عدد { $day }:
paper-facts = حقائق
paper-places = أين وردت
paper-rank = رقم { $rank } من { $papers }
paper-related = ذات صلة

## Names and topics

name-author = مؤلف
name-organisation = مؤسسة
name-papers = <count>{ $papers ->
    [zero] لا أوراق
    [one] ورقة واحدة
    [two] ورقتان
    [few] { $papers } أوراق
    [many] { $papers } ورقة
   *[other] { $papers } ورقة
}</count> بهذا الاسم، الأحدث أولًا.
name-people = أصحاب الاسم الواحد مجموعون هنا.
name-older = أوراق أقدم
name-best = الأكثر أصواتًا
topic-label = موضوع
topic-mail = استلمه بالبريد
topic-none = لا عدد في هذا الموضوع بعد. يصدر الأول متى دار الحديث عن أوراق فيه.
topic-best = الأكثر أصواتًا في 30 يومًا
topics-about = يمكن متابعة كل منها بالبريد أو بالخلاصة.
topics-counted = العدّ من عدد <time>{ $day }</time>.

## Search

search-label = كلمات أو اسم أو رقم arXiv أو رابط
search-button = ابحث
search-hint = ⁦"عبارة"⁩ · ⁦-not⁩ · ⁦a or b⁩ · ⁦author:⁩ · ⁦org:⁩ · ⁦topic:⁩ · ⁦category:⁩ · ⁦code:yes⁩ · ⁦after:2026-05⁩ · ⁦before:⁩
search-try = جرّب كلمات أقل أو كتابة أخرى. لا يوجد هنا إلا ما رآه { $site } من الأوراق.
search-narrow = ضيّق البحث
search-more = أوراق أخرى

## What a reader follows

preferences-saved = <strong>حُفظ.</strong> يسري من النشرة التالية.
follow-shall = أتخبرك نشراتك بما يلي: { $words }؟
follow-all-preferences = كل التفضيلات
follow-title = ما تتابعه
follow-hint = يُبحث عنها كل يوم في الأوراق الجديدة، وتظهر في نشرتك تحت عناوين خاصة بها.
follow-remove-label = إزالة { $label }
follow-remove = إزالة
follow-for-search = لبحث
follow-by-author = لمؤلف
follow-from-organisation = من مؤسسة
follow-keep-out = ليس هذا: أبعده
follow-words = كلمات كما في البحث، أو اسم
follow-add = أضف
follow-search-hint = ⁦"عبارة"⁩ · ⁦-not⁩ · ⁦a or b⁩ · ⁦author:⁩ · ⁦org:⁩ · ⁦topic:⁩ · ⁦category:⁩ · ⁦code:yes⁩
follow-is-only = نشراتك لا تحمل إلا هذا، ولا شيء من المواضيع.
follow-beside = يأتي إلى جانب أوراق مواضيعك.
follow-topics-too = أرسل إليّ مواضيعي أيضًا
follow-only-this = أرسل إليّ هذا وحده
follow-seed = ابدأ مما تقرأ: روابط أو BibTeX أو Zotero
seed-read = { $papers ->
    [zero] لم تُقرأ ورقة.
    [one] قُرئت ورقة واحدة.
    [two] قُرئت ورقتان.
    [few] قُرئت { $papers } أوراق.
    [many] قُرئت { $papers } ورقة.
   *[other] قُرئت { $papers } ورقة.
} ضع علامة على ما تريد أخباره: لا يُحفظ شيء آخر، ولا القائمة نفسها.
seed-nothing = لا يبرز فيها شيء لا تتابعه من قبل.
seed-follow = تابع ما اخترته
seed-about = أرنا بعض الأوراق التي تعرفها، فنقترح منها مواضيع ومؤلفين وعمليات بحث. ولا يُحفظ إلا ما تختاره بعد ذلك.
seed-text = روابط أو أرقام من arXiv، واحد أو أكثر
seed-file = أو ملف كما يصدّره Zotero: BibTeX أو RIS أو RDF أو CSL-JSON أو JSON أو CSV، حتى ⁦3 MB⁩
seed-propose = اقترح

## Preferences

preferences-title = أوراقك كما تريدها
preferences-none = لا تصلك نشرات في الوقت الحاضر: تنتظر هذه الخيارات حتى <again>تشترك من جديد</again>.
preferences-address = كل ذلك يصل إلى <strong>{ $address }</strong>.
preferences-length = الطول
preferences-pause = توقف حتى
preferences-pause-hint = لا نشرة قبل ذلك اليوم؛ فارغ: بلا توقف
preferences-zone-hint = اكتب اسم مدينة للبحث
preferences-use-zone = استخدم منطقة هذا المتصفح
preferences-use-place = استخدم { $place } كما يقول هذا المتصفح
preferences-save = احفظ
taste-title = ما قلته في الأوراق
taste-about = تُرتَّب نشراتك بحسب أصوات أوراقها وبحسب { $says ->
    [zero] ما تقوله فيها
    [one] ما قلته في ورقة واحدة
    [two] ما قلته في ورقتين
    [few] ما قلته في { $says } أوراق
    [many] ما قلته في { $says } ورقة
   *[other] ما قلته في { $says } ورقة
}. هذا كل ما نتج عنه؛ غيّر سطرًا، أو اطلب نسيانه.
taste-save = احفظ هذه السطور
taste-forget = انسَ كل ما قلته
address-title = عنوان آخر
address-asked = <strong>طُلب.</strong> إن كان ذلك العنوان صالحًا فهناك رسالة في طريقها إليه: اضغط الرابط الذي فيها خلال أسبوع. ورسالة إلى { $address } تقول كيف يوقَف ذلك.
address-to = أرسل نشراتي إلى
address-ask = اسأل صندوقي البريد
data-title = بياناتك
data-about = كل ما هو محفوظ عنك، وكيف ينتهي. لا يُحصى فتح رسالة ولا نقر رابط أبدًا.
data-download = نزّل بياناتي
erase-button = امحُ بياناتي

editions-description = كل عدد يومي من { $site }، الأحدث أولًا.
period-description = الأوراق التي نالت أكثر الأصوات ({ $period }) من كل ما أرسله { $site }.
period-before = قبله
period-after = بعده
edition-days-plain = { $from } – { $until }
edition-description = الأوراق ({ $days }) كما أرسلها { $site }.
edition-description-topics = الأوراق في { $names } ({ $days }) كما أرسلها { $site }.
edition-foretold = من توقعات ذلك الصباح
edition-in = في عدد { $day }
edition-of = (عدد { $day })
fresh-title-on = أُعلنت يوم { $day }
fresh-description = أوراق أُعلنت للتو ويُرجّح أن يدور الحديث عنها، وما آلت إليه التوقعات السابقة.
front-description = الأوراق البحثية التي يتحدث عنها الجميع، تُختار كل يوم وتصل إلى بريدك في الساعة التي تحب.
front-since = { $votes } منذ { $day }
front-no-papers = لا عدد ليوم { $day }: لم تأت أوراق جديدة. موعد التالي يوم { $next }، وحتى ذلك الحين كان هذا آخرها.
follow-group-search = عمليات البحث
follow-group-author = المؤلفون
follow-group-organisation = المؤسسات
follow-group-not = مُبعَد عن نشراتك
follow-group-topic = المواضيع
seed-title = ابدأ مما تقرأ
seed-none = لم يُعثر فيه على ورقة. ألصق روابط أو أرقامًا من arXiv، أو اختر ملفًا كما يصدّره Zotero (BibTeX أو RIS أو RDF أو CSL-JSON أو JSON أو CSV) لا يزيد على ⁦3 MB⁩.
name-about-author = أوراق من تأليف { $name }، الأحدث أولًا، كما جمعها { $site }.
name-about-organisation = أوراق من { $name }، الأحدث أولًا، كما جمعها { $site }.
topics-description = كل ما يمكن متابعته في { $site } بالبريد أو بالخلاصة.
topic-offer = أوراق جديدة في هذا الموضوع
topic-first-on = لأول مرة يوم { $day }
feed-about = الأوراق البحثية التي يتحدث عنها الجميع، تُختار كل يوم.
feed-note = كلمة في عدد { $day }
feed-why = سبب وجودها هنا: { $reasons }.

paper-discussion = النقاش
paper-above = فوقها
paper-below = تحتها
paper-edition = العدد
paper-edition-of = { $day }: { $papers }
votes-upvotes = { $votes ->
    [one] صوت على Hugging Face، وفق إحصاء { $day }
    [two] صوتان على Hugging Face، وفق إحصاء { $day }
    [few] أصوات على Hugging Face، وفق إحصاء { $day }
    [many] صوتًا على Hugging Face، وفق إحصاء { $day }
   *[other] صوت على Hugging Face، وفق إحصاء { $day }
}
votes-points = { $votes ->
    [one] نقطة على Hacker News، وفق إحصاء { $day }
    [two] نقطتان على Hacker News، وفق إحصاء { $day }
    [few] نقاط على Hacker News، وفق إحصاء { $day }
   *[other] نقطة على Hacker News، وفق إحصاء { $day }
}
fact-counted = { $metric } على { $place }
fact-upvotes = الأصوات
fact-comments = التعليقات
fact-stars = النجوم
fact-points = النقاط
fact-published = نُشرت
fact-first-seen = ظهرت هنا أول مرة
paper-version = النسخة { $version }
paper-version-of = النسخة { $version } بتاريخ { $day }
paper-version-first = { $told }؛ والأولى بتاريخ { $day }
paper-version-at = { $version } على arXiv
curve-days = الأصوات من { $from } إلى { $until }:
curve-after-a-day = { NUMBER($votes) } بعد يوم،
curve-end = { NUMBER($votes) } في النهاية.
curve-middle = { NUMBER($votes) } في النهاية؛ وكان للورقة الوسطى في قائمتها { NUMBER($usual) }.

search-title = بحث: { $query }
search-feed-about = أوراق جديدة للبحث «{ $query }».
search-atom = خلاصة Atom لهذا البحث
search-offer = أوراق جديدة لهذا البحث
search-none = لا ورقة توافق البحث.
search-none-read = لا ورقة مما قُرئ توافق البحث.
search-more-than = عدد الأوراق أكثر من { NUMBER($papers) }
misread-nothing-after = لا شيء بعد «{ $filter }:».
misread-no-day = «{ $filter }:{ $text }» ليس يومًا: اكتب { $filter }:2026-05-29 أو { $filter }:2026-05 أو { $filter }:2026.
misread-days = لا يوجد يوم يبدأ من { $after } ويسبق { $before }.
misread-long = قُرئت المحارف الأولى وحدها، وعددها { $characters }.
misread-many = بُحث عن الكلمات الأولى وحدها، وعددها { $words }.
misread-only-not = اذكر ما تريد إيجاده أيضًا، لا ما تريد استبعاده وحده.
misread-no-topic = لا يوجد موضوع «{ $topic }»: انظر /topics لمعرفة الموجود.
search-corrected = «{ $to }» بدلًا من «{ $from }»
search-showing = هذه نتائج { $changed }: لا ورقة فيها ما كتبته.
search-relaxed = لا ورقة فيها كل هذه الكلمات: في هذه معظمها.
search-numbers = الأعداد على الهامش لأفضل النتائج: { NUMBER($papers) }.
search-without-filters = بلا مرشّحات: { $query }
search-any-order = الكلمات بأي ترتيب: { $query }
search-any-word = أي من الكلمات: { $query }
search-with-code = مع الشيفرة

## Pages behind the links of a mail

here-page-how = نقرة واحدة وتصل نشراتك إلى العنوان الذي فتحت منه هذه الصفحة، متى وافق القديم أيضًا.
here-page-replaces = وإن كانت تصل إليه أوراق من قبل حلّت هذه محلها.
stay-title = أتنتقل نشراتك؟
stay-where = ستذهب إلى عنوان آخر، ولن يصل شيء إلى العنوان الذي فتحت منه هذه الصفحة.
stay-how = تنتقل متى وافقت هنا وجرى تأكيد العنوان الجديد أيضًا. ألم تطلب ذلك؟ إذن أوقفه.
stay-agree = أوافق على التغيير
stay-stop = أوقف التغيير
stay-or = أو تظل تصل إلى هنا:
stay-press = نقرة واحدة وتكون موافقتك: تذهب إلى العنوان الجديد متى جرى تأكيده أيضًا.
moved-title = انتقلت نشراتك
moved-from = من النشرة التالية تصل إلى العنوان الجديد، ولا يصل شيء إلى القديم.
moved-old-title = يجب أن يوافق العنوان القديم أيضًا
moved-old = جرى تأكيد العنوان الجديد. ووصلت إلى العنوان الذي تصله نشراتك حتى الآن رسالة فيها رابط: وافق هناك فتنتقل.
moved-new-title = يجب تأكيد العنوان الجديد أيضًا
moved-new = وافقت. وتصل إلى العنوان الجديد رسالة فيها رابط: أكّد هناك فتنتقل نشراتك.
moved-until = حتى ذلك الحين لا يتغير شيء. وبعد أسبوع يجب طلب التغيير من جديد.
stayed-title = لا يتغير شيء

say-undo = تراجع
say-ask-more = المزيد مثلها؟
say-ask-less = ألا تهمّك؟
say-ask-undo = أتتراجع؟
say-effect-more = تعلو في نشراتك الأوراق التي تشاركها المواضيع أو الكلمات أو المؤلفين متى قلت ذلك في عدة أوراق.
say-effect-less = تهبط في نشراتك الأوراق التي تشاركها المواضيع أو الكلمات أو المؤلفين متى قلت ذلك في عدة أوراق.
say-effect-undo = نقرة واحدة وكأنك لم تقل شيئًا في هذه الورقة.
say-bound = الورقة رقم 1 في اليوم تصل دائمًا، وبعض ما سواها بأصواتها وحدها.
say-said-more = قلت فيها: المزيد مثلها.
say-said-less = قلت فيها: لا تهمّني.
say-paper = «{ $title }»
say-done-more = المزيد مثلها
say-done-less = أقل مثلها
say-done-undo = أُلغي ما قلته
say-where = رابط «التفضيلات» في بريدك يبيّن ما نتج عن ذلك.
say-slip = أضغطت خطأً؟
say-counts-nothing = من نشرتك التالية لا تُحسب هذه الورقة.
say-noted = دُوّن. ويُحسب متى قلت مثله في أوراق أخرى تشبهها.
say-count-for = من نشرتك التالية يُحسب لصالح الورقة: { $names }.
say-count-against = من نشرتك التالية يُحسب على الورقة: { $names }.

preferences-get = { $papers ->
    [one] يصلك: { $choices }، ورقة واحدة على الأكثر كل مرة.
    [two] يصلك: { $choices }، ورقتان على الأكثر كل مرة.
    [few] يصلك: { $choices }، { $papers } أوراق على الأكثر كل مرة.
   *[other] يصلك: { $choices }، { $papers } ورقة على الأكثر كل مرة.
}
erase-title = أنمحو كل شيء؟
erase-press = نقرة واحدة ويُمحى عنوانك وخياراتك وكل ما قلته في الأوراق. ولن تصلك نشرة بعدها.
erase-stays = لا يبقى إلا رقم بلا شخص، يُحصى به عدد ما أُرسل من نشرات.
erased-title = مُحيت بياناتك
erased-nothing = لا شيء عنك محفوظ هنا.
standing-empty = لم يأت جديد في مواضيعك يوم { $day }، فلم تُرسل نشرة.
standing-rest = نشراتك متوقفة حتى { $day }.
standing-next = موعد النشرة التالية يوم { $next }.
taste-much-more = أكثر بكثير
taste-more = أكثر
taste-no-matter = لا فرق
taste-less = أقل
taste-much-less = أقل بكثير
taste-topic = موضوع
taste-word = كلمة
taste-author = مؤلف
taste-as-i-say = بحسب ما أقوله في الأوراق
taste-as-i-said = بحسب ما قلته: { $weight }

confirm-page-title = أتصلك الأوراق؟
confirm-page-asked = طلبت: { $choices }.
confirm-page-press = نقرة واحدة وتصلك: العدد الحالي فورًا إن كان فيه جديد لك، والتالي يوم { $next }. وفي كل منها رابط ينهيها.
confirm-page-button = أكّد اشتراكي
confirmed-title = أنت مشترك
confirmed-coming = العدد الحالي في طريقه إلى بريدك.
confirmed-had = وصلك العدد الحالي من قبل، فلن يصل ثانية.
confirmed-nothing = العدد التالي الذي فيه شيء لك لم يصدر بعد.
confirmed-already = كنت مشتركًا من قبل، ولم يتغير شيء.
confirmed-next = تصل النشرة التالية يوم { $next }.
confirmed-next-unknown = تصل النشرة التالية متى صدر عددها.
confirmed-get = يصلك: { $choices }. وفي كل رسالة رابط لتغيير ذلك وآخر لإنهائه.
back-title = أتصلك الأوراق من جديد؟
back-press = نقرة واحدة وتصلك كما هو مذكور هنا.
back-done = أنت مشترك من جديد
leave-title = أنوقف الأوراق؟
leave-press = نقرة واحدة ولن تصلك نشرة بعدها.
left-title = أُلغي اشتراكك
left-thanks = لن تصلك نشرة بعد الآن. شكرًا على قراءتك.
left-changed = هل غيّرت رأيك؟
left-again = اشترك من جديد
left-less = أو يكفيك أقل؟
left-fewer = خمس أوراق في كل مرة
left-pause = توقف أربعة أسابيع
left-question = سؤال واحد إن شئت: لماذا تركتنا؟
why-title = لماذا تركتنا؟
why-say = أرسل الجواب
why-thanks = شكرًا على جوابك
why-kept = يُحفظ كلمة واحدة، ويبقى اشتراكك ملغى.
why-too-many = رسائل كثيرة
why-not-my-field = ليس مجالي
why-found-elsewhere = أقرأ الأوراق في مكان آخر
why-no-time = لا وقت للقراءة
why-press-too-many = نقرة واحدة تقول: رسائل كثيرة.
why-press-not-my-field = نقرة واحدة تقول: ليس مجالي.
why-press-found-elsewhere = نقرة واحدة تقول: أقرأ الأوراق في مكان آخر.
why-press-no-time = نقرة واحدة تقول: لا وقت للقراءة.

## Subscribing

subscribe-almost = أوشكت على الانتهاء
subscribe-look = في النموذج شيء يحتاج إلى مراجعة؛ وما كتبته ما زال هنا.
subscribe-moment = لحظة واحدة
subscribe-many = جاءت من شبكتك في الساعة الأخيرة طلبات اشتراك كثيرة، فعلى هذا الطلب أن يثبت أنه ليس من آلة.
subscribe-inbox = انظر في بريدك
subscribe-on-its-way = رسالة في طريقها إلى العنوان الذي كتبته. اضغط الرابط الذي فيها للتأكيد، ثم تأتي الأوراق.
subscribe-nothing = { $minutes ->
    [one] أما زال لا شيء بعد دقائق؟ انظر في الرسائل غير المرغوبة. وبعد دقيقة من رسالة يرسل النموذج أخرى.
    [two] أما زال لا شيء بعد دقائق؟ انظر في الرسائل غير المرغوبة. وبعد دقيقتين من رسالة يرسل النموذج أخرى.
    [few] أما زال لا شيء بعد دقائق؟ انظر في الرسائل غير المرغوبة. وبعد { $minutes } دقائق من رسالة يرسل النموذج أخرى.
   *[other] أما زال لا شيء بعد دقائق؟ انظر في الرسائل غير المرغوبة. وبعد { $minutes } دقيقة من رسالة يرسل النموذج أخرى.
}
form-topics = عدد المواضيع: { $topics }
form-language = اللغة
form-zone-yours = منطقتك
region-universal = عالمي
region-africa = أفريقيا
region-america = أمريكا
region-antarctica = القارة القطبية الجنوبية
region-arctic = القطب الشمالي
region-asia = آسيا
region-atlantic = المحيط الأطلسي
region-australia = أستراليا
region-europe = أوروبا
region-indian = المحيط الهندي
region-pacific = المحيط الهادئ

## What went wrong

address-unlike = لا يبدو هذا عنوان بريد إلكتروني: ينبغي أن يُكتب مثل name@example.org.
address-not-public = ليس هذا العنوان على الإنترنت العام. استخدم عنوانًا ينتهي نطاقه مثل example.org.
input-topic = لا موضوع باسم «{ $topic }». اختر من مواضيع الموقع.
input-frequency = يجب أن يكون التكرار واحدًا من: { $known }.
input-timezone = لا نعرف هذه المنطقة الزمنية. استخدم اسمًا مثل Europe/Berlin أو America/New_York.
input-hour = يجب أن تكون الساعة عددًا صحيحًا من 0 إلى 23.
input-length = عدد الأوراق في النشرة { $known }: اختر واحدًا منها.
input-weekday = يجب أن يكون يوم الأسبوع عددًا صحيحًا من 1 (الاثنين) إلى 7 (الأحد).
input-language = ليست هذه اللغة متاحة: اختر واحدة من { $known }.
input-pause-day = يجب أن يكون يوم انتهاء التوقف من أيام التقويم، مثل ⁦2026-08-01⁩.
input-pause-long = قد يدوم التوقف سنة: اختر يومًا خلالها، أو ألغِ الاشتراك.
input-follow = قل ما تريد متابعته: بحثًا أو مؤلفًا أو مؤسسة أو موضوعًا.
input-no-topic = لا وجود لهذا الموضوع. اختر من مواضيع الموقع.
input-search = اكتب كلمة واحدة على الأقل للبحث عنها كما في البحث: ⁦best arm identification⁩.
input-search-characters = لا تزيد محارف البحث الذي تتابعه على { $characters }: احذف بعض الكلمات.
input-search-words = لا تزيد كلمات البحث الذي تتابعه على { $words }: احذف بعضها.
input-name = اكتب الاسم كما يرد في الأوراق: ⁦Ada Lovelace⁩.
input-follows-full = لا يمكن متابعة أكثر من { $most } من عمليات البحث والأسماء: أزل بعضها أولًا ثم أضف غيرها.
no-topic = لا وجود لهذا الموضوع: اختر واحدًا من قائمة المواضيع في ⁦/topics⁩.
no-paper = لا ورقة في هذا العنوان: ابحث عنها بعنوانها في البحث.
no-edition = لا عدد في هذا العنوان: ابحث عن يومه في أرشيف الأعداد.
no-author = لا ورقة لهذا المؤلف هنا: جرّب كتابة أخرى في البحث.
no-organisation = لا ورقة من هذه المؤسسة هنا: جرّب كتابة أخرى في البحث.
address-same = نشراتك تصل إلى ذلك العنوان من قبل.
address-too-soon = طُلب تغيير قبل لحظة، أو لا تصلك نشرات في الوقت الحاضر: انتظر عشر دقائق واطلب من جديد.
address-no-mail = نطاق ذلك العنوان لا يقبل البريد كما يعلن صاحبه في DNS. استخدم عنوانًا آخر.
address-no-domain = نطاق ذلك العنوان لا وجود له. راجع ما بعد ⁦@⁩.
rate-limited = { $seconds ->
    [one] جاءت من مكانك طلبات كثيرة جدًا: انتظر ثانية واحدة وأرسل الطلب من جديد.
    [two] جاءت من مكانك طلبات كثيرة جدًا: انتظر ثانيتين وأرسل الطلب من جديد.
    [few] جاءت من مكانك طلبات كثيرة جدًا: انتظر { $seconds } ثوانٍ وأرسل الطلب من جديد.
   *[other] جاءت من مكانك طلبات كثيرة جدًا: انتظر { $seconds } ثانية وأرسل الطلب من جديد.
}
form-unreadable = لا يمكن قراءة النموذج: إما أنه مقطوع وإما أنه لا يذكر الفاصل. أرسله من جديد.
address-of-page-unreadable = في العنوان حرف لا يمكن أن يكون في عنوان: راجعه وحاول من جديد.
subscribe-accepted = انظر في بريدك واضغط الرابط الذي في الرسالة للتأكيد.
failure-not-found-title = لا شيء هنا
failure-not-found = لا يؤدي هذا العنوان إلى شيء: راجع كتابته، أو ابدأ من الصفحة الأولى.
failure-token-title = هذا الرابط لا يعمل
failure-token = قد يكون ناقصًا أو قديمًا أو لصفحة أخرى: افتحه من أحدث رسالة، أو اشترك من جديد في الصفحة الأولى.
failure-unavailable-title = غير متاح الآن
failure-unavailable = جزء من هذه الخدمة لا يجيب: حاول من جديد بعد دقيقة.
failure-internal-title = حدث عطل عندنا
failure-internal = دُوّن العطل ولم يكن منك: حاول من جديد بعد دقيقة.
failure-refused-title = لا يمكن قراءة هذا الطلب
failure-refused = لا يمكن قراءة ما أُرسل: ارجع وحاول مرة أخرى، أو ابدأ من الصفحة الأولى.
failure-too-large = هذا أكثر مما يُقبل هنا: ارجع وحاول مرة أخرى، أو ابدأ من الصفحة الأولى.
failure-method-title = لا يصلح هذا هنا
failure-method = لا تُستخدم هذه الصفحة بهذه الطريقة: ارجع وحاول مرة أخرى، أو ابدأ من الصفحة الأولى.
failure-unsigned-title = الطلب غير موقّع
failure-unsigned = ليس الطلب موقّعًا كما يجب: وقّعه وأرسله من جديد.
failure-limited-title = أسرع مما ينبغي قليلًا
failure-limited = جاءت من مكانك طلبات كثيرة جدًا: انتظر لحظة وأرسل الطلب من جديد.
failure-unusable-title = لا يمكن استخدامه كما هو
failure-unusable = لا يمكن استخدام ما أُرسل: صحّحه وأرسله من جديد.
failure-busy-title = الخدمة مشغولة الآن
failure-busy = يُطلب من هذه الخدمة الكثير دفعة واحدة: حاول من جديد بعد دقيقة.

## The topics that ship

topic-name-language-models = نماذج اللغة
topic-about-language-models = التدريب المسبق واللاحق لنماذج النصوص وبنيتها وسلوكها.
topic-name-reasoning = الاستدلال
topic-about-reasoning = سلاسل التفكير والمدققات والرياضيات والمنطق بالنماذج والبحث عند الاختبار.
topic-name-agents = الوكلاء
topic-about-agents = أنظمة تعمل على خطوات بالأدوات والحواسيب والمتصفحات والذاكرة ومع وكلاء آخرين.
topic-name-code = الشفرة والبرمجيات
topic-about-code = كتابة البرامج وإصلاحها واختبارها وفهمها، وهندسة البرمجيات.
topic-name-reinforcement-learning = التعلم المعزز
topic-about-reinforcement-learning = التعلم من المكافأة: طرائقه وفهمه، ومنه RLHF والمكافآت القابلة للتحقق.
topic-name-vision = الرؤية الحاسوبية
topic-about-vision = الرؤية: التعرف والتجزئة والكشف والتتبع والعمق وفهم الصور والفيديو.
topic-name-generation = توليد الصور والفيديو
topic-about-generation = صنع الصور والفيديو والحركة وتحريرها.
topic-name-3d = الأبعاد الثلاثة والمشاهد
topic-about-3d = إعادة البناء وSplatting والشبكات السطحية ومحاكاة المشاهد والزوايا الجديدة.
topic-name-multimodal = النماذج متعددة الوسائط
topic-about-multimodal = نماذج تجمع اللغة والصور والفيديو والصوت.
topic-name-speech-audio = الكلام والصوت
topic-about-speech-audio = التعرف على الكلام وتوليده، والموسيقى والصوت.
topic-name-robotics = الروبوتات والذكاء المجسد
topic-about-robotics = الروبوتات والمناولة وتنقل الأجسام ونماذج الرؤية واللغة والفعل والقيادة.
topic-name-safety = السلامة والمواءمة
topic-about-safety = الضرر وكسر القيود والحواجز الواقية والصدق والمواءمة مع القيم والإشراف.
topic-name-interpretability = قابلية التفسير
topic-about-interpretability = ما يجري داخل النماذج: الدارات والسمات والسبر والإسناد.
topic-name-systems = الكفاءة والأنظمة
topic-about-systems = تدريب واستنتاج أرخص وأسرع: التكميم والتناثر والذواكر المخبئية والأنوية والخدمة والنماذج الصغيرة.
topic-name-data = البيانات والاختبارات المعيارية
topic-about-data = مجموعات البيانات والاختبارات المعيارية وطرائق التقييم.
topic-name-retrieval = البحث والتوصية
topic-about-retrieval = الاسترجاع وRAG والتضمينات والترتيب وأنظمة التوصية.
topic-name-theory = النظرية والاستمثال
topic-about-theory = البراهين والحدود وخوارزميات الاستمثال وديناميكا التعلم وإحصاء التعلم.
topic-name-graphs-and-time = المخططات الشبكية والجداول والسلاسل الزمنية
topic-about-graphs-and-time = التعلم على المخططات الشبكية والجداول، والتنبؤ، وكشف الشذوذ.
topic-name-science-medicine = العلوم والطب
topic-about-science-medicine = الفيزياء والكيمياء والأحياء والطب والرياضيات بالتعلم الآلي، والبحث المؤتمت.
topic-name-people = الإنسان والمجتمع
topic-about-people = تفاعل الإنسان والحاسوب والتعليم والقانون والاقتصاد والعلوم الاجتماعية بالنماذج وعنها.
topic-name-security = الأمن والخصوصية
topic-about-security = الهجمات والدفاعات والخصوصية والعلامات المائية ومحو التعلم والتعلم الموحد.
topic-name-mathematics = الرياضيات
topic-about-mathematics = كل الرياضيات على arXiv.
topic-name-statistics = الإحصاء
topic-about-statistics = كل الإحصاء على arXiv.
topic-name-physics = الفيزياء
topic-about-physics = الفيزياء على arXiv، من المادة المكثفة إلى الطاقات العالية.
topic-name-astronomy = علم الفلك
topic-about-astronomy = كل الفيزياء الفلكية على arXiv.
topic-name-quantum = فيزياء الكم
topic-about-quantum = كل فيزياء الكم على arXiv، ومنها الحوسبة الكمومية.
topic-name-computer-science = علوم الحاسوب
topic-about-computer-science = ما لا يضمه موضوع أعلاه من علوم الحاسوب على arXiv.
topic-name-economics-and-finance = الاقتصاد والمالية
topic-about-economics-and-finance = كل الاقتصاد والمالية الكمية على arXiv.
topic-name-quantitative-biology = الأحياء الكمية
topic-about-quantitative-biology = كل الأحياء الكمية على arXiv.
topic-name-electrical-engineering = الهندسة الكهربائية
topic-about-electrical-engineering = كل الهندسة الكهربائية وعلوم النظم على arXiv.
