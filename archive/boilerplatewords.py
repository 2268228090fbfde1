"""Regular expressions, in several languages, of what surrounds articles: data for `archive.boilerplate`."""

from __future__ import annotations

#: A heading after which no article goes on.
RELATED = (
    r"related(?:\s+(?:articles?|stories|posts?|content|topics|news|links|coverage|reading))?|"
    r"read\s+(?:more|also|next)|more\s+(?:from|on|stories|news|like)\b.*|see\s+also|"
    r"you\s+(?:may|might)\s+(?:also\s+)?(?:like|enjoy|be\s+interested).*|"
    r"recommended(?:\s+(?:for you|stories|articles|reading))?|also\s+read.*|don.t\s+miss.*|"
    r"most\s+(?:read|popular|viewed|shared)|trending(?:\s+now)?|"
    r"popular(?:\s+(?:posts|stories|articles))?|"
    r"latest(?:\s+(?:news|posts|stories|articles|headlines))?|"
    r"top\s+(?:stories|news(?:\s+headlines)?)|comments?|leave\s+a\s+(?:reply|comment)|"
    r"\d+\s+comments?|join\s+the\s+(?:conversation|discussion)|about\s+the\s+authors?|author\s+bio|"
    r"share\s+(?:this|on)\b.*|tags?|filed\s+under|topics|newsletters?|sign\s+up.*|subscribe.*|"
    r"follow\s+us.*|sources?|stay\s+(?:on\s+the|up|in|informed|connected).*|what\s+to\s+read\s+next|"
    r"up\s+next|next\s+(?:article|post|story)|our\s+(?:picks|latest)|"
    r"editor.s\s+(?:picks|choice|note)|contact(?:\s+us)?|"
    r"mehr\s+(?:zum\s+thema|dazu|aus|von|infos?)\b.*|lesen\s+sie\s+(?:auch|mehr).*|"
    r"das\s+könnte\s+(?:sie|dich).*|"
    r"weitere\s+(?:artikel|themen|meldungen|beiträge|nachrichten|infos?).*|auch\s+interessant.*|"
    r"(?:zum\s+)?thema(?:\s*:.*)?|schlagworte|kommentare?|lire\s+aussi.*|"
    r"à\s+lire\s+(?:aussi|également).*|sur\s+le\s+même\s+(?:sujet|thème)|"
    r"articles\s+(?:liés|similaires|recommandés)|leer?\s+(?:también|más).*|te\s+puede\s+interesar.*|"
    r"noticias\s+relacionadas|más\s+(?:noticias|información).*|leia\s+(?:também|mais).*|"
    r"veja\s+(?:também|mais).*|leggi\s+anche.*|potrebbe\s+interessarti.*|lees\s+(?:ook|meer).*|"
    r"läs\s+(?:också|mer).*|les\s+også.*|czytaj\s+(?:także|też|również|więcej).*|"
    r"zobacz\s+(?:także|też|również|więcej).*|polecamy.*|w\s+tym\s+temacie.*|"
    r"przeczytaj\s+(?:także|również).*|читайте\s+(?:также|ещё|еще).*|по\s+теме|рекомендуем.*|"
    r"последние\s+новости.*|другие\s+новости.*|новости\s+по\s+теме.*|комментари(?:и|ев).*|"
    r"διαβάστε\s+(?:επίσης|ακόμα|περισσότερα).*|σχετικά(?:\s+(?:άρθρα|θέματα|νέα))?|"
    r"δείτε\s+(?:επίσης|ακόμα).*|"
    r"相关(?:新闻|阅读|文章|链接|报道).*|関連(?:記事|ニュース|リンク).*|推荐阅读.*|延伸阅读.*|更多.{0,10}|"
    r"あわせて読みたい.*|関連タグ.*|ilgili\s+(?:haberler|konular).*|関連.{0,8}"
)

#: How the headings of the above begin after which, whatever follows, the article is over.
ENDS = (
    r"(?:\d+\s+)?comments?|leave\s+a|join\s+the|about\s+the|author|share|tags?|newsletters?|sign\s+up|subscribe|"
    r"follow|sources?|stay|contact|kommentar|комментари"
)

#: Somewhere in a line that sells, warns or signs up.
NOTICES = (
    r"cookies?\b.*\b(?:consent|accept|settings|preferences|browser)|sign up (?:for|to)|"
    r"subscribe (?:to|now)|newsletter|all rights reserved|©|click here to|follow us on|"
    r"follow .{0,30} on (?:twitter|facebook|instagram)|download (?:the|our) app|enable javascript|"
    r"by (?:signing|submitting|clicking|entering)|terms (?:of|and) (?:use|service|conditions)|"
    r"privacy policy|affiliate (?:links?|commission)|earn (?:a|an) (?:affiliate )?commission|"
    r"advertisement|alle rechte vorbehalten|tous droits réservés|todos los derechos|wszelkie prawa|"
    r"все права защищены|join the conversation|to our newsletter|log in to|create an account|"
    r"this article (?:was )?originally (?:appeared|published)|originally published|"
    r"send (?:us )?(?:an )?e-?mail|contact us at|reporting by|editing by"
)

#: A line that only says whose picture it was.
CREDITS = (
    r"^\W*(?:photos?|images?|picture|pic|video|foto|fotos|bild|bilder|quelle|source|credits?|photograph|"
    r"illustration|fot\.|фото|φωτό?|crédit|crédito|abbildung|grafik|watch|listen)\b"
    r"\s*(?:credits?|by|courtesy)?\s*[:：©(/].{0,150}$|"
    r"^.{0,100}\b(?:getty images|shutterstock|istock|reuters|afp|ap photo|dpa|imago|picture alliance|"
    r"unsplash|pixabay|pexels)\b[^.]{0,40}\)?$|"
    r"^\(?(?:fot|foto|photo|bild)\b.{0,60}\)$"
)

#: After an author's name, in a line about the author.
ABOUT = r"is|was|has|covers|writes|joined|works|ist|arbeitet|schreibt|est|es|è|,"
