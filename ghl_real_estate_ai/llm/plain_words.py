"""Words that state nothing about a home, a person, a market or us: what a phrasing may always use.

No word of promising (will, can, get, find), of denying (not, no), of people or of places is here, on purpose: with
them a sentence could say what nobody decided.  A model that needs another word keeps the template's.
"""

from collections.abc import Mapping

from ghl_real_estate_ai.conversation.model import Language

_PLAIN_EN = """
a about again alright also an and appreciate appreciated are as at awesome be clear cool did do does excellent
exactly fantastic feel fine for from glad good got great happy hear heard helpful helps helping i i'm i've in
info information is it it's its just know let's letting like lovely makes making me much my nice noted now of ok
okay on perfect please pleasure really right sense share shared sharing so sounds sure tell telling terrific
thank thanks that that's the then there this to together tremendously understand understood us useful very was
we welcome well what's with wonderful would yes you you're you've your got gotcha to detail details point answer
lot noting
"""
_PLAIN_ES = """
a agradezco agradecemos ahora al algo anotada anotado anoto anotamos anoté así bien bueno buena buenísimo cada
claro como compartir compartirlo compartirme con contarme correcto cosa cosas dato datos de decirme decírmelo
del detalle detalles dice dicho e el ella ellos en encantado enterado entendido entiendo entendemos esa ese eso
esta está estoy excelente fenomenal genial gracias gusto información informar la las le les lista listo lo los
magnífico me mi mucha muchas mucho muchísimas muy nos nota o para perfecto por pues que qué queda recibido
respuesta saber saberlo se si sí sobre su sus también tan tomo tomamos usted ustedes vale y ya
"""
PLAIN_WORDS: Mapping[Language, frozenset[str]] = {
    Language.EN: frozenset(_PLAIN_EN.split()),
    Language.ES: frozenset(_PLAIN_ES.split()),
}

_FUNCTION_EN = """
a about an and any are at be been by could do does for from had has have how i if in is it it's me more of on or
ones our so some that that's the their them then there these they this to up us was we were what what's when
where which who with would you you'd you're your yours so and also now just please tell looking hoping like want
wanting thinking planning ideally prefer preferred share let know may ask mind roughly maybe kind ideal best
other comfortable need
"""
_FUNCTION_ES = """
a al algo algún alguna con cómo como cuál cuáles cuándo cuánto cuántos cuántas de del dónde e el ella en es esa
ese eso está están esto hay la las le les lo los me mi o para pero por que qué quién se si sí sobre su sus tiene
tienen un una unos unas usted ustedes y ya ahora también quiere quisiera gustaría pensando buscando prefiere
idealmente compartir puede podría decirme dígame más menos aproximadamente mejor gracias gusta busca tener mente
necesita
"""
FUNCTION_WORDS: Mapping[Language, frozenset[str]] = {
    Language.EN: frozenset(_FUNCTION_EN.split()),
    Language.ES: frozenset(_FUNCTION_ES.split()),
}
"""Words of asking that say nothing of what is asked."""

NUMBER_WORDS: Mapping[str, float] = {
    "zero": 0, "one": 1, "two": 2, "three": 3, "four": 4, "five": 5, "six": 6, "seven": 7, "eight": 8, "nine": 9,
    "ten": 10, "eleven": 11, "twelve": 12, "dos": 2, "tres": 3, "cuatro": 4, "cinco": 5, "seis": 6, "siete": 7,
    "ocho": 8, "nueve": 9, "diez": 10, "once": 11, "doce": 12,
}  # fmt: skip
"""As people write small numbers; `one`, `un` and `una` are also articles and count as words."""
