"""English or Spanish: by their small words, and by lingua where a text has none of them.

A mixture counts as Spanish, since whoever writes Spanish words to us can be answered in them.
"""

import re
from functools import cache

from lingua import Language as LinguaLanguage
from lingua import LanguageDetector, LanguageDetectorBuilder

from ghl_real_estate_ai.conversation.model import Language
from ghl_real_estate_ai.understanding.text import Text

_SPANISH = frozenset(
    ["el", "la", "los", "las", "un", "una", "unos", "unas", "de", "del", "al", "y", "o", "pero", "porque", "que", "como", "cuando", "donde", "quien", "cual", "cuanto", "cuantos", "cuantas", "por", "para", "con", "sin", "sobre", "yo", "tu", "usted", "ustedes", "nosotros", "ellos", "ella", "mi", "mis", "su", "sus", "nuestra", "nuestro", "me", "te", "se", "nos", "le", "les", "lo", "es", "son", "esta", "estan", "estoy", "estamos", "era", "fue", "ser", "estar", "hay", "tengo", "tiene", "tienen", "tenemos", "quiero", "quiere", "queremos", "quisiera", "puedo", "puede", "pueden", "podemos", "busco", "buscamos", "buscando", "necesito", "necesita", "necesitamos", "vendo", "vender", "venderla", "comprar", "compro", "compra", "casa", "casas", "recamaras", "recamara", "cuartos", "banos", "bano", "renta", "rentar", "precio", "si", "hola", "gracias", "buenos", "buenas", "dias", "tardes", "noches", "manana", "ayer", "hoy", "ahorita", "ahora", "todavia", "aun", "ya", "muy", "mas", "menos", "mucho", "poco", "bien", "mal", "favor", "esposa", "esposo", "mama", "papa", "hijo", "hija", "familia", "banco", "prestamo", "prestamista", "credito", "enganche", "efectivo", "contado", "mil", "meses", "mes", "semanas", "ano", "anos", "dinero", "trabajo", "agente", "vale", "cuesta", "simon", "orale", "jalo", "dale", "sale", "claro", "bueno", "nada", "nadie", "nunca", "siempre", "tambien", "solo", "este", "ese", "eso", "esa", "estos", "esas", "alguien", "algo", "otro", "otra", "desde", "hasta", "entre", "antes", "despues", "luego", "lunes", "martes", "miercoles", "jueves", "viernes", "sabado", "domingo", "vivo", "vivimos", "debo", "debemos", "llame", "llameme", "llamar", "hablar", "ayuda", "alto", "baja", "parar", "pare", "basta", "numero", "equivocado", "mensaje", "mensajes", "escriba", "mande", "deje", "posible", "lista", "vacia", "rentada", "inquilino", "inquilinos", "pagos", "interesa", "interesado", "interesada", "momento", "verdad", "estafa", "persona", "robot", "eres", "maquina", "prisa", "segun", "dos", "tres", "cuatro", "cinco", "seis", "siete", "ocho", "nueve", "diez", "techo", "cocina", "pintura", "arreglos", "barrio", "zona", "cerca", "dueno", "duena", "nombre", "llamo", "soy", "somos", "correo", "direccion", "calle", "espanol", "ingles", "visita", "cita", "tarde", "sino", "pues", "asi", "entonces", "acabo", "hacer", "hago", "hace", "va", "voy", "vamos", "van", "ver", "verla", "cancelar", "no_es", "divorciar", "herencia", "murio", "comision", "pensarlo", "idiota", "pendejo", "pendejos", "ahi", "aqui", "alla", "aca", "mejor", "peor", "gente", "olvida", "ignora", "instrucciones", "datos", "informacion", "borren", "borre", "borreme", "eliminen", "saquenme", "quiten"]
)  # fmt: skip
_ENGLISH = frozenset(
    ["the", "a", "an", "of", "and", "or", "but", "because", "that", "how", "when", "where", "who", "which", "what", "by", "for", "with", "without", "about", "i", "you", "we", "they", "he", "she", "my", "our", "your", "his", "her", "their", "me", "us", "it", "its", "is", "are", "am", "was", "were", "be", "been", "have", "has", "had", "do", "does", "did", "dont", "doesnt", "didnt", "cant", "wont", "isnt", "arent", "want", "wants", "need", "needs", "would", "could", "should", "will", "can", "this", "these", "those", "there", "here", "not", "yes", "yeah", "yep", "nope", "hi", "hello", "hey", "thanks", "thank", "please", "ok", "okay", "house", "home", "place", "sell", "selling", "buy", "buying", "bed", "bedroom", "bedrooms", "bath", "rent", "price", "budget", "looking", "in", "on", "at", "to", "from", "up", "out", "if", "so", "just", "now", "right", "still", "already", "any", "some", "more", "less", "much", "many", "get", "got", "give", "take", "make", "think", "know", "see", "call", "text", "stop", "help", "number", "agent", "realtor", "loan", "cash", "week", "weeks", "month", "months", "year", "years", "day", "days", "today", "tomorrow", "morning", "afternoon", "evening", "good", "great", "sorry", "maybe", "really", "lol", "under", "over", "around", "near", "down", "all", "too", "new", "old", "work", "interested", "bot", "real"]
)  # fmt: skip
_SHARED = frozenset(
    [
        "me",
        "a",
        "no",
        "real",
        "bot",
        "lol",
        "ok",
        "son",
        "solo",
        "sale",
        "has",
        "he",
        "once",
        "favor",
        "mil",
        "mi",
        "final",
        "hotel",
    ]
)
_WORD = re.compile(r"[a-z]+")
_MARKS = re.compile(r"[\u00bf\u00a1\u00f1\u00d1]|[\u00e1\u00e9\u00ed\u00f3\u00fa]", re.IGNORECASE)
_LONG_ENOUGH = 4


def find_language(text: Text) -> Language:
    """Return the language of *text*; English when nothing tells."""
    words = [word for word in _WORD.findall(text.plain) if len(word) > 1 or word in "aiyo"]
    spanish = sum(word in _SPANISH and word not in _ENGLISH and word not in _SHARED for word in words)
    english = sum(word in _ENGLISH and word not in _SPANISH and word not in _SHARED for word in words)
    if _MARKS.search(text.raw):
        spanish += 1
    if spanish == english == 0:
        return _detected(text.raw) if len(words) >= _LONG_ENOUGH else Language.EN
    if spanish >= english:
        return Language.ES
    if spanish >= _LONG_ENOUGH and spanish * 2 >= english:
        return Language.ES
    return Language.EN


def _detected(raw: str) -> Language:
    return Language.ES if _detector().detect_language_of(raw) is LinguaLanguage.SPANISH else Language.EN


@cache
def _detector() -> LanguageDetector:
    return LanguageDetectorBuilder.from_languages(LinguaLanguage.ENGLISH, LinguaLanguage.SPANISH).build()
