"""Names of months and weekdays in the languages of most articles: data only.

Folded (lower case, no marks), full and short, in the nominative and, where
dates use it, the genitive.  A word that is one month here and another there
(Croatian ``listopad`` is October, Polish November) is left out where it is rarer.
"""

from __future__ import annotations

from typing import Final

_NAMES: Final = {
    1: (
        "january jan janeiro januar januari janvier janv enero ene gennaio gen janvaris januarie "
        "ianuarie ian tammikuu tammikuuta stycznia styczen sty ledna leden led januara ocak января "
        "январь янв січня січень січ gener ιανουαριου ιανουαριος ιαν janner"
    ),
    2: (
        "february feb fev fevrier fevr febrero febbraio februar februari fevereiro helmikuu helmikuuta "
        "lutego luty lut unora unor februara subat февраля февраль фев лютого лютий februarie "
        "φεβρουαριου φεβρουαριος φεβ febrer feber"
    ),
    3: (
        "march mar mars marzo marz marts maart mrt marco maaliskuu maaliskuuta marca marzec brezna "
        "brezen bre mart марта март мар березня березень martie marcius marc μαρτιου μαρτιος μαρ"
    ),
    4: (
        "april apr avr avril abril abr aprile aprilie huhtikuu huhtikuuta kwietnia kwiecien kwi dubna "
        "duben dub nisan апреля апрель апр квітня квітень aprilis aprila απριλιου απριλιος απρ"
    ),
    5: (
        "may mai mayo maggio mag maio maj mei toukokuu toukokuuta maja kvetna kveten kve mayis мая май "
        "травня травень majus maia μαιου μαιος μαι maig"
    ),
    6: (
        "june jun juin junio giugno giu junho juni kesakuu kesakuuta czerwca czerwiec cze cervna cerven "
        "haziran июня июнь июн червня червень iunie iun junius juna ιουνιου ιουνιος ιουν juny"
    ),
    7: (
        "july jul juillet juil julio luglio lug julho juli heinakuu heinakuuta lipca lipiec lip "
        "cervence cervenec temmuz июля июль июл липня липень iulie iul julius jula ιουλιου ιουλιος ιουλ "
        "juliol"
    ),
    8: (
        "august aug aout agosto ago augustus elokuu elokuuta sierpnia sierpien sie srpna srpen agustos "
        "августа август авг серпня серпень augusztus augusta αυγουστου αυγουστος αυγ agost agustus"
    ),
    9: (
        "september sep sept septembre septiembre settembre set setembro syyskuu syyskuuta wrzesnia "
        "wrzesien wrz zari eylul сентября сентябрь сен сент вересня вересень septembrie szeptember "
        "szept septembra σεπτεμβριου σεπτεμβριος σεπ setembre setiembre"
    ),
    10: (
        "october oct octobre octubre ottobre ott outubro out oktober okt lokakuu lokakuuta pazdziernika "
        "pazdziernik paz rijna rijen rij ekim октября октябрь окт жовтня жовтень octombrie oktobra "
        "οκτωβριου οκτωβριος οκτ"
    ),
    11: (
        "november nov novembre noviembre novembro marraskuu marraskuuta listopada listopad lis kasim "
        "ноября ноябрь ноя нояб листопада листопад noiembrie noi novembra νοεμβριου νοεμβριος νοε"
    ),
    12: (
        "december dec decembre diciembre dic dicembre dezembro dez dezember desember des joulukuu "
        "joulukuuta grudnia grudzien gru prosince prosinec pro aralik декабря декабрь дек грудня "
        "грудень decembrie decembra δεκεμβριου δεκεμβριος δεκ desembre"
    ),
}
MONTHS: Final = {word: number for number, names in _NAMES.items() for word in names.split()}

_FILLERS: Final = """
monday tuesday wednesday thursday friday saturday sunday mon tue tues wed thu thur thurs fri sat sun
montag dienstag mittwoch donnerstag freitag samstag sonnabend sonntag mo di mi do fr sa so
lundi mardi mercredi jeudi vendredi samedi dimanche lun mer jeu ven sam dim
lunes martes miercoles jueves viernes sabado domingo mie jue vie sab dom
lunedi martedi mercoledi giovedi venerdi domenica gio segunda terca quarta quinta sexta feira seg
ter qua qui sex
maandag dinsdag woensdag donderdag vrijdag zaterdag zondag ma wo vr za zo
mandag tirsdag onsdag torsdag fredag lordag sondag tisdag man tirs ons tors fre lor
poniedzialek wtorek sroda czwartek piatek sobota niedziela pondeli utery streda ctvrtek patek nedele
понедельник вторник среда четверг пятница суббота воскресенье пн вт ср чт пт сб вс
понеділок середа четвер пятниця субота неділя нд
δευτερα τριτη τεταρτη πεμπτη παρασκευη σαββατο κυριακη
st nd rd th er eme ere o a e de del do of the on at den le la el il am um a an u ora ore klo kl uhr
h kello г года року р
года date dated published posted publie veroffentlicht publicado pubblicato
"""
FILLERS: Final = frozenset(_FILLERS.split())
