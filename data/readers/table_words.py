"""What the headings of people's sheets call things, in ten languages."""

from __future__ import annotations

_RUN = r"run(ning)?|lauf(en)?|jogging|course|carrera|corsa|corrida|hardlopen|l[oø]pe?(tur)?|l[oø]b|l[oö]pning"
_SESSION = rf"session|trainings?|workout|activity|[oø]kt|trening|sesjon|einheit|s[eé]ance|sesi[oó]n|{_RUN}"
_TIRED = (
    r"fatigued?|tired(ness)?|exhaust(ed|ion)|wear(y|iness)|m[uü]e?d(e|igkeit)|erm[uü]e?d(et|ung)|ersch[oö]e?pf(t|ung)|"
    r"fatigu[eé]e?|[eé]puis([eé]e?|ement)|lassitude|fatiga(d[oa])?|cansancio|cansad[oa]|agotad[oa]|agotamiento|"
    r"trett(het)?|tr[oøö]tt(het)?|slit(en|enhet)|utslitt|utmatt(et|else|ad|ning)|tr(ae|[aæ])t(hed)?|udmatt(et|else)|udk[oø]rt|"
    r"vermoeid(heid)?|moe(heid)?|uitgeput|uitputting|stanc[oa]|stanchezza|affatica(t[oa]|mento)|spossatezza|esaust[oa]|"
    r"cansa[cç]o|fadiga(d[oa])?|exaust([oa]|[aã]o)"
)
_HOW_MUCH = r"level|score|rating|index|scale|s?(grad|level|wert|skala|stufe)|s?niveau|s?niv[aå]|nivel|n[ií]vel|livello"
_WHEN = (
    r"((in |this |on |the )*(morning|waking)|today|general|overall|perceived|subjective|current|daily|"
    r"(am )?morgens?|heute( morgen)?|(au )?r[eé]veil|(du |le )?matin|al despertar|hoy|i ?dag|om morgenen|vandaag|al risveglio|"
    r"oggi|ao acordar|hoje|p[aå] morgonen)"
)
# canonical column: what headings call it (English, German, French, Spanish, Norwegian, Dutch, Italian, Portuguese, Swedish, Danish)
WORDS: dict[str, str] = {
    "fatigue": rf"({_WHEN} )?({_TIRED})( [ae])?( ?({_HOW_MUCH})| {_WHEN})?|({_HOW_MUCH})( (of|de|di|du|da|av|van))?( la)? ({_TIRED})",
    "sleep_quality_score": r"sleep quality|schlafqualit[aä]t|qualit[eé] (du )?sommeil|calidad (del )?sue[nñ]o|s[oø]vnkvalitet|slaapkwaliteit|qualit[aà] (del )?sonno|qualidade (do )?sono|s[oö]mnkvalitet|s[oø]vnkvalitet",
    "sleep_h": r"(hours (of )?)?(sleep|slept)( hours| duration| time)?|schlaf(dauer|stunden)?|sommeil|sue[nñ]o|s[oø]vn(timer)?|slaap|(ore (di )?)?sonno|(horas (de )?)?sono|s[oö]mn",
    "soreness_score": r"(muscle )?soreness|doms|muskelkater|courbatures?|agujetas|st[oø]lhet|s[aå]rhet|muskel[oø]mhed|spierpijn|dolori? muscolar[ei]|dor(es)? musculare?s?|tr[aä]ningsv[aä]rk",
    "stress_score": r"stress( level)?|estr[eé]s",
    "mood_score": r"mood|stimmung|humeur|[aá]nimo|hum[oø]r|stemming|umore",
    "readiness_score": r"readiness|bereitschaft",
    "resting_hr_bpm": r"rest(ing)? (hr|heart ?rate|pulse)|rhr|ruhepuls|hvilepuls|fc repos|rusthartslag|fc (a )?riposo|fc (em )?repouso|vilopuls",
    "hrv_rmssd_ms": r"hrv|rmssd|vfc",
    "mass_kg": r"(body ?)?(weight|mass)|(k[oö]rper)?gewicht|poids|peso|(kropps)?vekt|vikt|v[aæ]gt",
    "steps": r"steps|schritte|pas|pasos|skritt|stappen|passi|passos|steg",
    "energy_intake_kcal": r"calories( eaten)?|energy( intake)?|kcal|kalorien|[eé]nergie|calor[ií]as|kalorier|calorie[eë]n",
    "carbohydrate_g": r"carb(ohydrate)?s?|kohlenhydrate|glucides|carbohidratos|karbohydrater?|koolhydraten",
    "protein_g": r"protein[es]?|eiwei[sß]{1,2}|prote[ií]nas|eiwit(ten)?",
    "fat_g": r"fat|fett|lipides|grasas|vet(ten)?",
    "fluid_ml": r"fluid|water|drink(s|ing)?|wasser|fl[uü]ssigkeit|trinken|eau|agua|v[aæ]ske|vann|vocht|acqua|[aá]gua|vatten|vand",
    "sodium_mg": r"sodium|natrium|sodio",
    "alcohol_g": r"alcohol|alkohol|alcool",
    "illness": r"ill(ness)?|sick(ness)?|krank(heit)?|malad(e|ie)|enferm(o|edad)|syk(dom)?|ziek|malat(o|tia)|doen(te|[cç]a)|sjuk(dom)?|syg(dom)?",
    "injury": r"injur(y|ed)|verletz(t|ung)|blessure|lesi[oó]n|skade|infortunio|les[aã]o|skad(a|ad)",
    "sport": r"sport|activity( type)?|type|aktivit[aä]t|discipline|aktivit[aä]ts?(typ|art)?|sportart|(tipo (di |de )?)?(attivit[aà]|atividade|actividad)|aktivitet(stype?)?|discipl[ií]na?|deporte|desporto|esporte|type d.activit[eé]|activit[eé]",
    "duration_s": rf"(({_SESSION}) ?)?(duration|minutes|mins?|hours?|dauer|varighet)|(({_RUN}) ?)?(time|zeit|tid)|moving time|elapsed time|minut(en|os|i|er|ter)|dauer|dur[eé]e|duraci[oó]n|varighet|tid|duur|zeit|durata|dura[cç][aã]o|l[aä]ngd i tid|varaktighet|temps|tiempo",
    "distance_m": rf"({_RUN}) (distance|km|miles?|mi)|distance|km|kilomet(er|re)s?|miles?|distanz|strecke|distancia|distanse|afstand|distanza|dist[aâ]ncia|str[aä]cka|distans|afst[aå]nd",
    "ascent_m": r"(elevation( gain)?|ascent|climb)|h[oö]henmeter|d[eé]nivel[eé]|total ascent|(gesamt)?anstieg|dislivello|desn[ií]vel|ascenso total|stigning",
    "hr_mean_bpm": r"(avg|average|mean) (hr|heart ?rate)|hr|heart ?rate|puls|fc|(ø|durchschn(ittliche)?|mittlere) ?herzfrequenz|herzfrequenz|(fc|frequenza cardiaca|frecuencia cardiaca|fr[eé]quence cardiaque) (moy(enne)?|media|m[eé]dia)|snittpuls|medelpuls|gjennomsnittspuls",
    "hr_max_bpm": r"max(imum)? (hr|heart ?rate)|max(imale)? (herzfrequenz|puls)|fc max(imale|ima)?|makspuls|maxpuls",
    "session_rpe": r"(session )?s?rpe|(perceived )?exertion|anstrengung|borg|sforzo( percepito)?|esfor[cç]o|esfuerzo|effort( percu| ressenti)?",
}
START = (
    r"start(ed)?( (at|time|date|zeit))?|begin(n|ning)?|time of day|clock( time)?|uhrzeit|startzeit|heure|hora|klokkeslett|"
    r"starttid|tijdstip"
)
ASKING = (
    r"(how|rate|do you|are you|wie(viel)?|bewerte|f[uü]hlst|bist|combien|comment|[aà] quel|[eé]valuez?|es tu|cu[aá]nto|c[oó]mo|"
    r"qu[eé] tan|hvor(dan)?|vurder|hur|hoe|quanto|come|como|qu[aã]o|valuta|avalie)\b"
)
"""What a question of a form begins with, where it ends without a sign."""
TIME = r"time|tid|zeit"  # a clock, where another column tells the duration
DATE = r"date|day|datum|tag|jour|fecha|d[ií]a|dato|dag|timestamp|data|giorno"
_IN = r"([ *]?in(nen)?)?"  # Spielerin, Spieler/in, Spieler*in
_PERSON = (
    r"(team |squad )?members?|(athlete|runner|participant|subject|person|player|user)s?|"
    rf"(athlet|sportler|l[aä]ufer|spieler|teilnehmer|proband|nutzer|benutzer){_IN}|mitglied|"
    r"athl[eè]te|sporti(f|ve)|joueu(r|se)|coureu(r|se)|participant(e|s)|sujet|personne|"
    r"atleta|deportista|(jugador|corredor|jogador)( ?a)?|participante|sujeto|persona|pessoa|sujeito|"
    r"giocat(ore|rice)|corridore|partecipante|soggetto|"
    r"utøver|ut[oö]vare|ud[oø]ver|spiller|l[oø]per|l[oø]ber|deltaker|deltager|atlet|idrottare|spelare|l[oö]pare|deltagare|"
    r"atleet|sporter|speler|speelster|(hard)?loper|deelnemer|persoon"
)
NAME = (
    r"((full|first|last|given|family|sur) ?)?names?|(vor|nach|zu)name|(pr[eé])?nom|nombre|apellidos?|(for|etter|efter)?navn|"
    r"(f[oö]r|efter)?namn|(voor|achter)?naam|nome|cognome|sobrenome|apelido"
)
"""What a column of names is called; one of sessions may be as well, by their titles."""
CODE = (
    r"id|code|c[oó]digo|codice|kode?|k[uü]rzel|kennung|initials?|initialen|initialer|no|nr|number|nummer|num[eé]ro|n[uú]mero|"
    r"(shirt|jersey|trikot|rug|drakt|tr[oö]j)( ?(no|nr|number|nummer))?|bib|e ?mail( ?(address|adresse))?|correo|courriel"
)
"""What a column of codes for people is called; one that counts the rows may be as well."""
_YOUR = r"your|dein|ihr|ton|votre|tu|su|je|jouw|uw|ditt?|din|(il )?tuo|(o )?seu"
ATHLETE = (
    rf"({_PERSON})( ?({NAME}|{CODE}))?|({NAME}|{CODE})( \w{{2,5}}){{0,2}} (\w{{1,4}}['\u2019])?({_PERSON})|"
    rf"(what is )?({_YOUR}) ({NAME})|(who|wer|qui|qui[eé]n|hvem|vem|wie|chi|quem)( are you| bist du)?"
)
