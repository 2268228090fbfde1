"""The words of bylines: tables for `archive.authors`, one for each role they play there."""

from __future__ import annotations

import re

_NO_LETTER = re.compile(r"[\W_]+")


def _table(text: str) -> tuple[str, ...]:
    return tuple(" ".join(entry.split()) for entry in text.split("|") if entry.strip())


def _words(text: str) -> tuple[str, ...]:
    return tuple(text.split())


def key(name: str) -> str:
    """Letters and digits of ``name`` in lower case: what the tables of keys hold."""
    return _NO_LETTER.sub("", name).casefold()


def _keys(text: str) -> frozenset[str]:
    return frozenset(key(entry) for entry in text.split("|"))


#: Words before a name.
LEADS = _table("""
    written by | posted by | reported by | published by | submitted by | story by | words by | text
    by | article by | review by | reviewed by | created by | interview by | opinion by | analysis by
    | commentary by | report by | edited by | by | author | authors | autor | autorin | autoren |
    auteur | auteure | auteurs | autore | autora | autores | autori | författare | forfatter |
    skribent | kirjoittaja | alle artikel von | mehr artikel von | mehr von | alle beiträge von |
    eingestellt von | beiträge von | articles by | all posts by | view all posts by | more from |
    more by | posts by | tous les articles de | interview | über | about the author | about | news
    by | pressemitteilung von | von | par | por | di | da | door | av | af | от | автор | автори |
    авторы | text | texte | texto | testo | tekst | redazione di | a cura di | geschrieben von | ein
    beitrag von | beitrag von | ein artikel von | artikel von | verfasst von | eine kolumne von |
    ein kommentar von | kommentar von | ein gastbeitrag von | gastbeitrag von | écrit par | publié
    par | rédigé par | propos recueillis par | escrito por | publicado por | scritto da | pubblicato
    da | geschreven door | skrevet av | skrevet af | skriven av | napisał | yazan | oleh | penulis |
    reporter | reporters | tác giả | người viết | لیکھک | بقلم | द्वारा | 文 | 撰文 | 作者 | 記者 | 记者 | 来源
    | Συντάκτης | Του | Της | szerző | írta
""")

#: The same, but part of many a surname ("Di Maria"): they need two words after them.
WEAK_LEADS = frozenset({"von", "di", "da", "av", "af", "door", "par", "por"})

#: Words between two names, in any case.
CONJUNCTIONS = _table("""
    and | with | und | et | och | og | ja | та | và | ve | dan | και | mit | avec | con | med | in
    association with | as told to | en | и
""")

#: The same, but part of many a surname ("Ortega y Gasset"): they need two words on both sides.
WEAK_CONJUNCTIONS = ("y", "e", "i")

#: Everything from one of these on is not a name.
STOPS = _table("""
    foto | fotos | photo | photos | bild | alle artikel | mehr artikel | contributions | updated |
    last updated | last update | published | posted | modified | first published | on twitter |
    follow | min read | minute read | minutes read | read more | more from | view all | see all |
    view profile | view bio | bio | share | email | e-mail | link copied | copy link | comments |
    aktualisiert | veröffentlicht | erstellt | stand | mis à jour | publié le | publié | publicado |
    actualizado | atualizado | pubblicato | aggiornato | gepubliceerd | bijgewerkt | uppdaterad |
    publicerad | oppdatert | publisert | opublikowano | dodano | опубликовано | обновлено |
    reporting from | special to | for usa | full bio | contributed to | contributed reporting | uhr
    | today | yesterday
""")

#: The same, but names when they have a capital ("Andy Le").
LOWER_STOPS = _table("""
    for the | for | of the | at the | is a | is an | is the | was a | are | who | le | am | à | vor
    | ago | from
""")

#: Regular expressions, without the full stop of an abbreviation.
MONTHS = _words(r"""
    jan(?:uary|uar|vier)?  feb(?:ruary|ruar)?  febrero  février  mar(?:ch|s|zo)?  märz  apr(?:il)?
    avril  abril  aprile  may  mai  mayo  maggio  june?  juni  juin  junio  giugno  july?  juli
    juillet  julio  luglio  aug(?:ust)?  août  agosto  sept?(?:ember)?  septembre  septiembre
    settembre  oct(?:ober|obre)?  okt(?:ober)?  octubre  ottobre  nov(?:ember|embre)?  noviembre
    dec(?:ember)?  dez(?:ember)?  décembre  diciembre  dicembre
""")

#: A token that makes its phrase a job, not a name.
ROLES = frozenset(
    _words("""
        analyst   anchor   autorin   blogger   bureau   ceo   chefredakteur   chefredakteurin
    co-founder   cofounder   columnist   columnists   commentator   consultant   contributing
    contributor   contributors   coordinator   correspondant   correspondante   correspondent
    correspondente   correspondents   corresponsal   corrispondente   critic   desk   director
    dziennikarka   dziennikarz   editor   editorial   editors   fellow   fotograf   founder
    freelance   freelancer   gazeteci   giornalista   intern   jornalista   journalist   journaliste
    journalisti   journalistin   journalists   korespondent   korrespondent   korrespondentin
    lecturer   manager   moderator   muhabir   newsroom   periodista   photographer   photographers
    president   producer   producers   professor   publisher   redacao   redacción   redacteur
    redactie   redactor   redactora   redakcja   redakteur   redakteure   redakteurin   redaktion
    redaktionsleiter   redaktionsleiterin   redaktör   redaktør   redazione   redação   reporter
    reporterin   reporters   reportér   repórter   researcher   rédacteur   rédaction   rédactrice
    specialist   spokesperson   staff   strategist   team   toimittaja   verslaggever   volontär
    volontärin   writer   writers   журналист   корреспондент   обозреватель   редакция
""")
)

#: Words that stand before a role and belong to it.
ROLE_MODIFIERS = frozenset(
    _words("""
        a   an   arts   asia   assistant   associate   audience   breaking   business   chief   city
    co   content   courts   crime   culture   data   defence   defense   deputy   digital
    diplomatic   east   economics   economy   education   entertainment   environment   europe
    executive   fashion   feature   features   film   finance   financial   food   foreign   former
    freelance   freie   freier   general   global   guest   health   house   international
    investigative   junior   lead   legal   leitende   leitender   lifestyle   local   london
    managing   markets   media   middle   music   national   news   night   online   our   political
    principal   regular   science   senior   social   special   sport   sports   staff   state
    stellvertretende   stellvertretender   tech   technology   the   travel   video   washington
    web   white   world
""")
)

#: Words of a name that are printed in lower case.
PARTICLES = frozenset(
    _words("""
        af   al   av   ben   bin   d'   da   das   de   del   della   den   der   des   di   do
    dos       du   e   el   ibn   la   las   le   los   mac   mc   of   san   santa   st   st.   te
    ten       ter   the   van   von   y   zu   zum   zur
""")
)

#: Of these, what is a given name when it has a capital.
GIVEN_PARTICLES = frozenset({"Al", "Ben", "Mac", "Van"})

#: What the people are called who write together without their names.
DESKS = frozenset(
    _words("""
        team   staff   desk   newsdesk   newsroom   editors   redaktion   redaktionsteam   redazione
        redacción   redação   rédaction   redactie   redakcja   redaktionen   редакция
    """)
)

#: Letters after a name, without their full stops.
CREDENTIALS = _table("""
    phd | ph d | dphil | md | m d | dvm | rd | rdn | ma | ba | bsc | msc | mph | mba | jd | dds | rn
    | np | cfp | cpa | esq | facp | dr | prof | ldn | lcsw | mpp | bs | ms | cfa | obe | mbe | cbe |
    frcp | phd candidate | pharmd | psyd | edd | cscs | cpt
""")

#: News agencies: authors only where no person is named.
AGENCY_KEYS = _keys("""
    AP | Associated Press | The Associated Press | Reuters | Thomson Reuters | AFP | Agence
    France-Presse | Agence France Presse | dpa | DPA | UPI | United Press International | PA | PA
    Media | Press Association | Bloomberg | Bloomberg News | ANSA | EFE | ANP | Belga | APA | ATS |
    SDA | Keystone-SDA | sid | SID | KNA | epd | EPD | dpa-AFX | dpa/lno | AFP/dpa | Xinhua | TASS |
    RIA Novosti | Interfax | PTI | Press Trust of India | ANI | IANS | Kyodo | Kyodo News | Jiji |
    JIJI | JIJI Press | Yonhap | AAP | Australian Associated Press | NTB | TT | Ritzau | STT | CTK |
    ČTK | PAP | MTI | Anadolu | Anadolu Agency | AA | DHA | IHA | Lusa | Europa Press | CP | The
    Canadian Press | Canadian Press | La Presse canadienne | Tribune News Service | NewsCore |
    Newsroom | CNN Wire | CNN Newsource | City News Service | Agencies | Agencia | Agencias |
    Agenturen | Agences | PR Newswire | Business Wire | GlobeNewswire | Antara | Bernama | SAPA |
    NAN | TPN
""")

#: What fills an author field without naming anybody.
GENERIC_KEYS = _keys("""
    admin | administrator | administrador | root | user | username | webmaster | editor | editors |
    the editors | editorial | editorial staff | editorial board | editorial team | the editorial
    board | staff | staff writer | staff writers | staff reporter | staff report | staff reports |
    news staff | news desk | newsdesk | newsroom | web desk | online desk | web team | team | guest
    | guest author | guest contributor | guest writer | contributor | contributors | contributing
    writer | anonymous | unknown | author | authors | by | none | null | undefined | nan | default |
    test | redaktion | die redaktion | redazione | la redazione | redacción | la redacción |
    redaccion | redação | redacao | redactie | de redactie | redakcja | redaktionen | rédaction | la
    rédaction | online redaktion | onlineredaktion | web redaktion | редакция | hidden author |
    system | publisher | company | home | news | wire | wires | wire reports | wire services |
    facebook | twitter | instagram | linkedin | youtube | google | whatsapp | email | datum | date |
    autor | autore | auteur | reporter | correspondent | our correspondent | special correspondent |
    agency | sponsored | advertorial | press release | pressemitteilung | condé nast | conde nast |
    gastautor | gastbeitrag | see full bio | comment | comments | share | print | subscribe
""")

#: Words that organisations have in their names and people have not.
ORGANISATIONS = frozenset(
    _words("""
    redaktion redaktionsteam newsroom news media press presse agency agentur gmbh ag kg inc ltd llc
    corp corporation company co. e.v ev stiftung foundation institute institut university
    universität hochschule college school verlag magazin magazine zeitung online team staff desk
    board editors editorial association verband verein bund ministry ministerium department council
    committee society group gruppe nachrichten times post tribune herald gazette journal chronicle
    daily weekly radio tv television fernsehen network studio studios store shop blog website
    webmaster developer admin advertiser sponsored inhalte contributor contributors service services
    nations center centre das die les los für bureau union party partei museum theater theatre bank
    twitter facebook pressemitteilung pressestelle entertainment productions solutions systems
    technologies software digital marketing
""")
)
ORGANISATION_PARTS = _words("redaktion редакция 編集 新聞 日報 gmbh verlag stiftung zeitung")

NOT_NAMES = frozenset({"n/a", "na", "-", "the", "and", "by"})

CJK_ROLES = _words("記者 记者 기자 特派員 論説委員 編集委員 著 訳 監訳 編集部 選任記者")
