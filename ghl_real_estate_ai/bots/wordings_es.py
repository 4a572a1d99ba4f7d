"""What Jorge says in Spanish; the same occasions as in English, and written plainly on sending."""

from collections.abc import Mapping

WORDINGS: Mapping[str, tuple[str, ...]] = {
    "ask.lead.goal": (
        "¿Busca comprar, vender o las dos cosas?",
        "¿Se trata más de comprar una casa o de vender una?",
        "¿Qué le queda mejor: comprar, vender o solo mirar?",
    ),
    "ask.lead.gentle.goal": (
        "¿Piensa en vender, o en encontrar otra casa?",
        "¿Le ayudaría hablar de vender, o de otra casa?",
        "¿Es para vender, comprar o aún no lo decide?",
    ),
    "ask.lead.sell.goal": (
        "Entonces se trata de vender su casa, ¿verdad?",
        "¿Piensa en vender, o en otra cosa?",
        "¿Qué le queda mejor: vender, comprar o solo mirar?",
    ),
    "ask.lead.buy.goal": (
        "Entonces quiere comprar una casa, ¿verdad?",
        "¿Piensa en comprar, o en otra cosa?",
        "¿Qué le queda mejor: comprar, vender o solo mirar?",
    ),
    "ask.buyer.budget_max": (
        "¿Cuánto es lo más que quiere gastar?",
        "¿En qué rango de precio quiere mantenerse?",
        "¿Su tope está más cerca de 300 mil, 500 mil u 800 mil?",
    ),
    "ask.buyer.financing": (
        "¿Pagaría en efectivo o con préstamo?",
        "¿Ya está preaprobado o busca un prestamista?",
        "¿Qué le queda mejor: efectivo, preaprobado o aún sin banco?",
    ),
    "ask.buyer.bedrooms": (
        "¿Cuántas recámaras necesita?",
        "¿Cuál es el mínimo de recámaras que le sirve?",
        "¿Le convienen 2, 3 o 4 recámaras?",
    ),
    "ask.buyer.timeline_days": (
        "¿Para cuándo quisiera mudarse?",
        "¿Qué plazo tiene en mente?",
        "¿Sería en 3 meses, 6 meses o un año?",
    ),
    "ask.buyer.locations": (
        "¿Qué zonas o ciudades le gustan?",
        "¿Dónde le gustaría buscar?",
        "¿Con qué ciudad o código postal empezamos?",
    ),
    "ask.buyer.appointment": (
        "¿Qué día y hora le sirve para una llamada o visita?",
        "¿Cuándo podría hablar o ver unas casas?",
        "¿Le queda mejor entre semana o el fin de semana?",
    ),
    "ask.seller.address": (
        "¿Cuál es la dirección de la casa?",
        "¿Qué dirección vendería?",
        "¿Me comparte la calle y el número, aunque sea aproximado?",
    ),
    "ask.seller.motivation": (
        "¿Qué le hace pensar en vender?",
        "¿Cuál es la razón principal de la venta?",
        "¿Es por mudanza, por espacio o por otra cosa?",
    ),
    "ask.seller.timeline_days": (
        "¿Para cuándo quisiera venderla?",
        "¿Qué plazo le convendría para la venta?",
        "¿Le sirve de 1 a 3 meses, o más adelante en el año?",
    ),
    "ask.seller.condition": (
        "¿En qué estado está la casa?",
        "¿Está lista para habitar o necesita arreglos?",
        "¿Qué le queda mejor: lista, detalles menores o arreglos grandes?",
    ),
    "ask.seller.price_expectation": (
        "¿Qué precio le parecería bien?",
        "¿Tiene un precio en mente?",
        "Aunque sea aproximado, ¿cuánto quisiera recibir?",
    ),
    "ask.seller.appointment": (
        "¿Qué día y hora le sirve para una llamada o visita?",
        "¿Cuándo le podemos llamar o pasar a ver la casa?",
        "¿Le queda mejor entre semana o el fin de semana?",
    ),
    "ask.seller.mortgage_balance": (
        "Más o menos, ¿cuánto se debe todavía de la casa?",
        "¿Queda alguna hipoteca o deuda sobre la casa?",
        "¿Está pagada, se debe menos de la mitad o más?",
    ),
    "ask.seller.upgrades": (
        "¿Le ha hecho mejoras o arreglos que debamos saber?",
        "¿Qué se ha cambiado o reparado en estos años?",
        "¿Se renovó el techo, la cocina o las instalaciones?",
    ),
    "ask.seller.listing_history": (
        "¿Ya ha estado en venta antes?",
        "¿Estuvo en el mercado en los últimos años?",
        "¿Es la primera vez, ya está en venta o lo estuvo antes?",
    ),
    "ask.seller.decision_makers": (
        "¿Alguien más decide esto con usted?",
        "¿Quién más tendría que estar de acuerdo?",
        "¿Decide usted solo, con su pareja o con más personas?",
    ),
    "ask.seller.contact_method": (
        "¿Prefiere que le llamen o que le escriban?",
        "¿Cuál es la mejor forma y hora de contactarle?",
        "¿Le queda mejor llamada, mensaje o correo?",
    ),
    "ask.seller.gentle.address": (
        "¿De qué casa se trata?",
        "Cuando guste, ¿cuál es la dirección de la casa?",
        "¿Me comparte la calle, aunque sea aproximada?",
    ),
    "ask.seller.gentle.timeline_days": (
        "¿Hay una fecha que sea importante para usted?",
        "¿Tiene una fecha en mente, o aún no?",
        "¿Se trata de semanas, o tiene más tiempo?",
    ),
    "ask.seller.gentle.condition": (
        "¿En qué estado está la casa? Como esté, está bien.",
        "¿Hay algo de la casa que debamos saber?",
        "¿Está bien así, o hay arreglos pendientes?",
    ),
    "ask.seller.gentle.appointment": (
        "¿Le ayudaría hablar con alguien del equipo, y cuándo?",
        "¿A qué hora le podría llamar alguien?",
        "¿Le queda mejor una llamada por la tarde o en fin de semana?",
    ),
    "ask.seller.second_goal": (
        "Ya tengo lo de la venta. ¿Vemos ahora la compra?",
        "¿Quiere que sigamos con la compra?",
        "¿Hablamos de la compra ahora o luego?",
    ),
    "ask.buyer.second_goal": (
        "Ya tengo lo de la compra. ¿Vemos ahora la venta?",
        "¿Quiere que sigamos con la venta?",
        "¿Hablamos de la venta ahora o luego?",
    ),
    "ack.plain": ("Está bien.", "Gracias.", "Entendido."),
    "ack.unsure": ("Está bien.", "No hay problema.", "No se preocupe."),
    "ack.unsure_price": (
        "Está bien, el equipo puede ver ventas recientes con usted.",
        "No hay problema, el equipo puede calcularlo con usted.",
    ),
    "ack.here": ("Sí, aquí estoy.", "Aquí sigo."),
    "ack.browsing": ("Claro, mire con calma.", "Está bien, sin compromiso."),
    "ack.curious": ("Está bien, sin compromiso.", "No hay problema, no hay presión."),
    "ack.gladly": ("Con gusto le ayudamos con eso.", "Claro, a eso nos dedicamos."),
    "ack.rephrase": ("Se lo digo de otra manera.", "Disculpe, se lo pregunto más sencillo."),
    "ack.by_text": ("Claro, lo vemos por mensaje.", "No hay problema, por mensaje está bien."),
    "ack.sorry": ("Disculpe la molestia.", "Lo siento, entiendo que moleste.", "Tiene razón, disculpe."),
    "ack.grief": ("Siento mucho su pérdida.", "Lamento mucho su pérdida."),
    "ack.fear": ("Es mucha carga, así que vamos a su ritmo.", "Lo siento. Un paso a la vez, y solo si usted quiere."),
    "ack.one": ("Anotado, gracias.", "Gracias, eso ayuda.", "Muy bien, lo anoté."),
    "ack.many": ("Gracias, eso ayuda mucho.", "Anotado, gracias por los detalles.", "Perfecto, gracias."),
    "ack.changed": ("Gracias, ya lo cambié.", "Listo, lo actualicé."),
    "ack.name": ("Mucho gusto, {name}.", "Gracias, {name}."),
    "ack.email": ("Gracias, ya tengo su correo.", "Recibí su correo, gracias."),
    "ack.budget": ("Hasta {value}, anotado.", "Muy bien, {value} como máximo."),
    "ack.budget_changed": ("Listo, lo cambié a {value}.", "Actualizado a {value}, gracias."),
    "ack.bedrooms": ("{value} recámaras, anotado.", "Muy bien, {value} recámaras."),
    "ack.bed_bath": ("{value} recámaras y {second} baños, anotado.", "Muy bien, {value} recámaras y {second} baños."),
    "ack.locations": ("{value}, anotado.", "Muy bien, {value}."),
    "ack.cash": ("En efectivo es más sencillo.", "Efectivo, anotado."),
    "ack.preapproved": ("Qué bien que ya está preaprobado.", "Preaprobado, anotado."),
    "ack.needs_lender": ("No hay problema, eso se puede ver.", "Está bien, aún no hace falta un banco."),
    "ack.timeline": ("Gracias, ese plazo ayuda.", "Muy bien, anoté su plazo."),
    "ack.address": ("Gracias, {value}.", "Anotado, {value}."),
    "ack.condition_good": ("Qué bueno que está en buen estado.", "Bien, es bueno saberlo."),
    "ack.condition_work": ("Gracias por decírmelo.", "Es bueno saberlo, gracias."),
    "ack.price": ("{value}, anotado.", "Muy bien, {value}."),
    "ack.mortgage": ("Gracias por compartirlo.", "Bien, es útil saberlo."),
    "ack.motivation": ("Gracias por contarme.", "Tiene sentido."),
    "ack.hardship": ("Siento mucho que esté pasando por eso.", "Lo siento, suena difícil."),
    "ack.occupancy": ("Es bueno saberlo.", "Gracias, bueno saberlo."),
    "ack.thanks": ("De nada.", "Con gusto.", "Para servirle."),
    "ack.hello": ("Hola de nuevo.", "Buen día de nuevo.", "Hola."),
    "handover.buyer": ("Con gusto le ayudo a comprar.", "Muy bien, busquemos su casa."),
    "handover.seller": ("Con gusto le ayudo a vender.", "Muy bien, hablemos de su venta."),
    "handover.buyer_named": (
        "Mucho gusto, {name}. Con gusto le ayudo a comprar.",
        "Gracias, {name}. Busquemos su casa.",
    ),
    "handover.seller_named": (
        "Mucho gusto, {name}. Con gusto le ayudo a vender.",
        "Gracias, {name}. Hablemos de su venta.",
    ),
    "handover.gentle": ("Le podemos ayudar con eso, a su ritmo.", "El equipo le puede ayudar, paso a paso."),
    "handover.next_buy": ("Ahora veamos la casa que quiere comprar.", "La venta queda anotada. Pasemos a su compra."),
    "handover.next_sell": ("Ahora veamos la casa que quiere vender.", "La búsqueda queda anotada. Pasemos a su venta."),
    "handover.both": ("Con gusto ambas cosas. Empecemos por la venta.", "Podemos hacer las dos, primero la venta."),
    "handover.both_buy": ("Con gusto ambas cosas, primero la compra.", "Podemos hacer las dos. Empecemos por comprar."),
    "handover.stopped_selling": (
        "No hay problema, dejamos la venta y vemos la compra.",
        "Bien, sin venta. Veamos la compra.",
    ),
    "handover.stopped_buying": (
        "No hay problema, dejamos la compra y vemos la venta.",
        "Bien, veamos entonces la venta.",
    ),
    "handover.blocked": (
        "También lo anoté, y nuestro equipo lo verá con usted.",
        "Gracias, también se lo pasé a nuestro equipo.",
    ),
    "person": (
        "Claro. Le pedí a alguien de nuestro equipo que se comunique con usted.",
        "Por supuesto. Una persona de nuestro equipo sigue desde aquí.",
    ),
    "person.after_bot_question": (
        "Soy un asistente automático. Le pedí a una persona del equipo que se comunique con usted.",
        "Le escribe un asistente automático. Una persona de nuestro equipo seguirá con usted.",
    ),
    "person.lost": (
        "No le estoy ayudando mucho. Le pedí a una persona del equipo que siga con usted.",
        "Perdone, no le entiendo bien. Alguien de nuestro equipo seguirá desde aquí.",
    ),
    "bot_question": (
        "Soy un asistente automático de {business_name}. Una persona puede atenderle si lo pide.",
        "Soy el asistente automático de {business_name}, no una persona. Alguien del equipo puede atenderle.",
    ),
    "help": (
        "{business_name}: mensajes automáticos de compra y venta de casas. Puede pedir una persona. STOP termina.",
        "Línea automática de {business_name} para casas. Puede pedir una persona, o STOP para terminar.",
    ),
    "privacy": (
        "Pasé su solicitud de datos a nuestro equipo y se la confirmarán.",
        "Nuestro equipo ya tiene su solicitud de privacidad y le confirmará.",
    ),
    "wrong_number": (
        "Disculpe. Quitaremos este número de nuestra lista.",
        "Perdón por la confusión. No escribiremos más a este número.",
    ),
    "fair_housing": (
        "Por ley no puedo guiarme por quién vive en una zona. Con precio, tamaño y ubicación sí ayudo.",
        "No puedo buscar según quién vive en un lugar. Sí por precio, tamaño y ubicación.",
        "De quién vive en una zona no puedo opinar. Con precio, tamaño y ubicación sí ayudo.",
    ),
    "injection": (
        "Solo puedo ayudar con comprar o vender una casa.",
        "Eso no lo puedo hacer. Ayudo con la compra y venta de casas.",
    ),
    "abuse": (
        "Lamento la molestia. Ya avisé a una persona del equipo. Responda STOP para no recibir más.",
        "Siento la molestia. El equipo ya está avisado, y con STOP terminan estos mensajes.",
        "Le entiendo. Alguien del equipo lo revisará. Responda STOP cuando guste.",
    ),
    "off_topic": (
        "Eso queda fuera de lo mío. Ayudo con compra y venta de casas.",
        "Ahí no puedo ayudar, pero con casas sí.",
        "Solo sirvo para temas de casas, disculpe.",
    ),
    "rent": (
        "Ayudamos a comprar y vender, no a rentar.",
        "Disculpe, no manejamos rentas. Un sitio de rentas es el mejor comienzo.",
        "No tengo un contacto de rentas que darle. Si un día piensa en comprar, escríbame.",
    ),
    "resumed": ("Listo, ya recibe mensajes otra vez.", "Hecho, le volveremos a escribir."),
    "resumed.buy": (
        "Listo, ya recibe mensajes otra vez. Sigamos con su búsqueda.",
        "Hecho, le volveremos a escribir. Seguimos con su búsqueda.",
    ),
    "resumed.sell": (
        "Listo, ya recibe mensajes otra vez. Sigamos con su venta.",
        "Hecho, le volveremos a escribir. Seguimos con su venta.",
    ),
    "goodbye": (
        "No hay problema. Si algo cambia, escríbame aquí.",
        "Está bien, gracias por avisar. Aquí estamos si nos necesita.",
        "Entendido, sin compromiso. Escriba cuando guste.",
    ),
    "objection.represented": (
        "Qué bueno que ya tiene agente, no interferimos. Escríbanos si eso cambia.",
        "Me alegra que ya le atienda su agente. Les dejamos trabajar.",
    ),
    "stay": (
        "Gracias por avisar. Aquí estoy cuando guste.",
        "Muy bien. Escríbame cuando quiera.",
        "Está bien, aquí estoy si surge algo.",
    ),
    "team.lead": (
        "Lo dejo ahí. Alguien de nuestro equipo le contactará para saber qué necesita.",
        "Está bien. Una persona de nuestro equipo le dará seguimiento.",
    ),
    "team": (
        "Gracias. Alguien de nuestro equipo se comunicará con usted.",
        "Es todo lo que necesito. Nuestro equipo le dará seguimiento.",
        "Muy bien, el equipo ya tiene lo necesario y le contactará.",
    ),
    "appointment": (
        "Gracias, anoté {value}. Alguien de nuestro equipo confirmará la hora.",
        "Le pasé {value} a nuestro equipo. Ellos confirman si se puede.",
    ),
    "appointment.changed": (
        "No hay problema, pasé {value}. Nuestro equipo confirmará la nueva hora.",
        "Bien, {value} entonces. Alguien del equipo lo confirmará.",
    ),
    "appointment.move": ("No hay problema, se puede mover.", "Claro, buscamos otra hora."),
    "appointment.cancel": (
        "No hay problema, pedí al equipo que la cancele.",
        "Bien, avisé al equipo para quitarla del calendario.",
    ),
    "appointment.noted": (
        "Gracias, alguien del equipo le confirmará esa hora.",
        "Anotado, el equipo le confirmará si se puede a esa hora.",
    ),
    "appointment.gladly": ("Con gusto lo organizamos.", "Claro, busquemos una hora."),
    "answer.legal": (
        "No puedo aconsejar en temas legales. Le pedí a alguien del equipo que hable con usted.",
        "Eso lo debe ver una persona. Alguien del equipo le dará seguimiento.",
    ),
    "answer.financial": (
        "No puedo aconsejar sobre impuestos o dinero. Le pedí a alguien del equipo que hable con usted.",
        "Eso depende de sus propias cuentas. Le pedí a alguien de nuestro equipo que le conteste.",
    ),
    "answer.schools": (
        "No califico escuelas, pero greatschools.org y los distritos tienen datos públicos.",
        "Para escuelas, los sitios del estado y del distrito son la mejor fuente.",
        "No califico escuelas, pero greatschools.org ayuda.",
    ),
    "answer.safety": (
        "No puedo opinar sobre eso de una zona. La policía local publica datos.",
        "Eso es mejor verlo en fuentes públicas, como el sitio de la policía local.",
    ),
    "answer.fees": (
        "Los costos dependen del acuerdo, nuestro equipo los ve con usted.",
        "No quiero adivinar costos. Alguien del equipo los revisará con usted.",
    ),
    "answer.loans": (
        "Un prestamista lo sabe mejor. Nuestro equipo lo puede ver con usted.",
        "No puedo cotizar préstamos, pero el equipo lo puede ver con usted.",
    ),
    "answer.process": (
        "Le pregunto lo básico y luego alguien del equipo sigue con usted.",
        "Primero anoto lo que necesita y después el equipo le da seguimiento.",
    ),
    "answer.number": (
        "No veo cómo nos llegó su número, pero ya pregunté al equipo. STOP termina los mensajes.",
        "No sé cómo lo tenemos. Le pedí al equipo que lo revise.",
    ),
    "answer.sender": (
        "Ayudamos a comprar y vender casas.",
        "Trabajamos con personas que compran o venden su casa.",
    ),
    "answer.role": (
        "Soy un asistente automático, y nuestro equipo ayuda a comprar y vender casas.",
        "Yo solo soy el asistente automático. El equipo ayuda a comprar y vender.",
    ),
    "answer.license": (
        "Soy un asistente automático, así que le pedí al equipo que le confirme su licencia.",
        "Es bueno preguntarlo. Alguien del equipo le confirmará los datos de la licencia.",
    ),
    "answer.pictures": (
        "No puedo mandar fotos desde aquí, ya le pedí al equipo que se las mande.",
        "Yo no tengo fotos. El equipo verá cuáles le puede mandar.",
    ),
    "answer.availability": (
        "No veo las casas en vivo, el equipo revisará qué hay disponible.",
        "Alguien de nuestro equipo le confirmará qué hay en el mercado.",
    ),
    "answer.prices": (
        "No quiero adivinar precios. El equipo le dará cifras reales.",
        "Eso merece cifras reales, alguien del equipo le confirmará.",
        "Prefiero no adivinar. El equipo puede revisar ventas recientes.",
    ),
    "answer.afraid": ("Le pedí al equipo que lo vea con usted.", "El equipo lo revisa con usted."),
    "answer.other": (
        "Buena pregunta. Alguien del equipo le dará la respuesta.",
        "No quiero adivinar, así que le pasé eso al equipo.",
        "Le pido al equipo que se lo confirme.",
    ),
    "objection.price": ("Es justo, el precio tiene que convenirle.", "Le entiendo con el precio."),
    "objection.commission": (
        "Es justo. El equipo le explica cada costo antes de nada.",
        "Le entiendo. El equipo le hablará claro de cada costo.",
    ),
    "objection.timing": ("Sin prisa, vamos a su ritmo.", "Está bien, no hay presión de decidir ahora."),
    "objection.market": (
        "Es una duda válida. El equipo puede darle cifras locales.",
        "Le entiendo. El equipo puede ver las cifras locales con usted.",
    ),
    "objection.trust": (
        "Es justo preguntar. Soy el asistente automático de {business_name}, y una persona le puede llamar.",
        "Hace bien en verificar. Soy un asistente automático y el equipo habla con usted si gusta.",
    ),
    "objection.decision_maker": ("Claro, tómese el tiempo de platicarlo.", "Tiene sentido decidirlo juntos."),
    "objection.competing_estimate": (
        "Los estimados en línea fallan a veces. El equipo puede comparar ventas recientes.",
        "Gracias por el dato. El equipo lo puede comparar con ventas recientes.",
    ),
    "objection.diy": ("Tiene sentido. Aquí estamos si necesita ayuda.", "Está bien, a algunos les funciona."),
    "objection.financing": (
        "Gracias por la confianza. Puede haber opciones que ver.",
        "No se preocupe, a muchos les pasa.",
    ),
    "objection.condition": ("No se preocupe, cualquier estado está bien.", "Está bien, hay casas de todo tipo."),
    "objection.thinking": ("Tómese su tiempo. Aquí estoy cuando guste.", "Claro, sin prisa. Escríbame cuando quiera."),
}
