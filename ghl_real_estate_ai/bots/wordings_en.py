"""What Jorge says in English: for each occasion several wordings, of which none is used twice in a row.

In `ask.*` the order matters: asked plainly, in other words, with choices.  No wording but an `ask` holds a question.
"""

from collections.abc import Mapping

WORDINGS: Mapping[str, tuple[str, ...]] = {
    # questions
    "ask.lead.goal": (
        "Are you looking to buy, sell, or both?",
        "Is it more about buying a home or selling one?",
        "Which fits best: buying, selling, or only looking around?",
    ),
    "ask.lead.gentle.goal": (
        "Are you thinking of selling, or of finding a new place?",
        "Would it help to talk about selling, or about a new home?",
        "Is it about selling, buying, or not decided yet?",
    ),
    "ask.lead.sell.goal": (
        "So it's about selling your home, is that right?",
        "Are you thinking of selling, or of something else?",
        "Which fits best: selling, buying, or only looking around?",
    ),
    "ask.lead.buy.goal": (
        "So you'd like to buy a home, is that right?",
        "Are you thinking of buying, or of something else?",
        "Which fits best: buying, selling, or only looking around?",
    ),
    "ask.buyer.budget_max": (
        "What's the most you'd like to spend?",
        "What price range would you like to stay in?",
        "Is your top price closer to 300k, 500k or 800k?",
    ),
    "ask.buyer.financing": (
        "Will you pay cash or use a loan?",
        "Are you preapproved, or still looking for a lender?",
        "Which fits best: cash, preapproved, or no lender yet?",
    ),
    "ask.buyer.bedrooms": (
        "How many bedrooms do you need?",
        "What's the fewest bedrooms that would work?",
        "Would 2, 3 or 4 bedrooms suit you best?",
    ),
    "ask.buyer.timeline_days": (
        "When would you like to move in?",
        "What timing do you have in mind?",
        "Is it more like 3 months, 6 months or a year out?",
    ),
    "ask.buyer.locations": (
        "Which areas or towns do you like?",
        "Where would you like to look?",
        "Is there a town or zip code you'd start with?",
    ),
    "ask.buyer.appointment": (
        "What day and time works for a call or a tour?",
        "When could you talk or go see some homes?",
        "Would a weekday evening or the weekend suit you better?",
    ),
    "ask.seller.address": (
        "What's the address of the home?",
        "Which address would you be selling?",
        "Could you share the street address, even roughly?",
    ),
    "ask.seller.motivation": (
        "What has you thinking of selling?",
        "What's the main reason for the sale?",
        "Is it a move, downsizing, or something else?",
    ),
    "ask.seller.timeline_days": (
        "When would you like to have it sold?",
        "What timing would suit you for the sale?",
        "Would 1 to 3 months suit you, or later in the year?",
    ),
    "ask.seller.condition": (
        "What shape is the home in?",
        "Is it move in ready, or does it need some work?",
        "Which fits best: move in ready, cosmetic work, or major repairs?",
    ),
    "ask.seller.price_expectation": (
        "What price would feel right to you?",
        "Do you have a price in mind?",
        "Even roughly, what would you hope to get for it?",
    ),
    "ask.seller.appointment": (
        "What day and time works for a call or a visit?",
        "When could someone call you or come by?",
        "Would a weekday evening or the weekend suit you better?",
    ),
    "ask.seller.mortgage_balance": (
        "Roughly how much is still owed on the home?",
        "Is there a mortgage or lien left on it?",
        "Is it paid off, under half owed, or more than that?",
    ),
    "ask.seller.upgrades": (
        "Any upgrades or repairs we should know of?",
        "What has been replaced or fixed in recent years?",
        "Have the roof, kitchen or systems been redone?",
    ),
    "ask.seller.listing_history": (
        "Has it been listed for sale before?",
        "Was it on the market in the last year or two?",
        "Is it new to the market, listed now, or listed before?",
    ),
    "ask.seller.decision_makers": (
        "Does anyone else decide on this with you?",
        "Who else would need to agree to a sale?",
        "Is it just you, you and a partner, or more people?",
    ),
    "ask.seller.contact_method": (
        "How would you like to be reached, by call or text?",
        "What's the best way and time to reach you?",
        "Is a call, a text or an email easiest for you?",
    ),
    "ask.seller.gentle.address": (
        "Which home is this about?",
        "When you're ready, what's the address of the home?",
        "Could you share the street, even roughly?",
    ),
    "ask.seller.gentle.timeline_days": (
        "Is there a date that matters for you?",
        "Do you have a date in mind, or is it still open?",
        "Is it about weeks, or do you have more time?",
    ),
    "ask.seller.gentle.condition": (
        "What shape is the home in? Any condition is fine.",
        "Is there anything about the home we should know?",
        "Is it fine as it is, or are there repairs waiting?",
    ),
    "ask.seller.gentle.appointment": (
        "Would it help to talk with someone on our team, and when?",
        "When would be a good time for someone to call you?",
        "Would a call in the evening or on the weekend be easier?",
    ),
    "ask.seller.second_goal": (
        "All noted for the sale. Shall we look at the purchase now?",
        "Would you like to go on with buying now?",
        "Shall we talk about buying now, or later?",
    ),
    "ask.buyer.second_goal": (
        "All noted for the purchase. Shall we look at the sale now?",
        "Would you like to go on with selling now?",
        "Shall we talk about selling now, or later?",
    ),
    # acknowledgements
    "ack.plain": ("Okay.", "Thanks.", "Understood."),
    "ack.unsure": ("That's okay.", "No problem.", "No worries."),
    "ack.unsure_price": (
        "That's okay, our team can look at recent sales with you.",
        "No problem, our team can work out a figure with you.",
    ),
    "ack.here": ("Yes, I'm here.", "Still here."),
    "ack.browsing": ("No problem, have a look around.", "That's fine, no strings attached."),
    "ack.curious": ("That's fine, no strings attached.", "No problem, there's no pressure."),
    "ack.gladly": ("Happy to help with that.", "Sure, that's what we do."),
    "ack.rephrase": ("Let me put that another way.", "Sorry, I can say that more simply."),
    "ack.by_text": ("Sure, we can keep it to texts.", "No problem, texting is fine."),
    "ack.sorry": ("Sorry about that.", "I'm sorry, that's frustrating.", "Fair enough, sorry."),
    "ack.grief": ("I'm so sorry for your loss.", "I'm very sorry to hear that."),
    "ack.fear": (
        "That's a lot to carry, so we go at your pace.",
        "I'm sorry. One step at a time, and only if you want.",
    ),
    "ack.one": ("Got it, thanks.", "Thanks, noted.", "Okay, that helps."),
    "ack.many": ("Thanks, that helps.", "Got it, thanks for the details.", "That's helpful, thank you."),
    "ack.changed": ("Thanks, I've updated that.", "Got it, I've changed that."),
    "ack.name": ("Nice to meet you, {name}.", "Thanks, {name}."),
    "ack.email": ("Thanks, I have your email.", "Got your email, thanks."),
    "ack.budget": ("Up to {value}, got it.", "Okay, {value} at most."),
    "ack.budget_changed": ("Okay, I've changed it to {value}.", "Updated to {value}, thanks."),
    "ack.bedrooms": ("{value} bedrooms, got it.", "Okay, {value} bedrooms."),
    "ack.bed_bath": ("{value} bed, {second} bath, got it.", "Okay, {value} bed and {second} bath."),
    "ack.locations": ("{value}, noted.", "Okay, {value}."),
    "ack.cash": ("Cash keeps it simple.", "Cash, noted."),
    "ack.preapproved": ("Good that you're preapproved.", "Preapproved, noted."),
    "ack.needs_lender": ("No problem, that can be sorted out.", "That's fine, no lender is needed yet."),
    "ack.timeline": ("Thanks, that timing helps.", "Okay, I've noted your timing."),
    "ack.address": ("Thanks, {value}.", "Got it, {value}."),
    "ack.condition_good": ("Good to hear it's in good shape.", "Nice, that's good to know."),
    "ack.condition_work": ("Thanks for being upfront about it.", "That's good to know, thanks."),
    "ack.price": ("{value}, noted.", "Okay, {value}."),
    "ack.mortgage": ("Thanks for sharing that.", "Okay, that's useful to know."),
    "ack.motivation": ("Thanks for telling me.", "That makes sense."),
    "ack.hardship": ("I'm sorry you're dealing with that.", "That sounds hard, I'm sorry."),
    "ack.occupancy": ("Good to know.", "Thanks, good to know."),
    "ack.thanks": ("You're welcome.", "Anytime.", "Happy to help."),
    "ack.hello": ("Hi again.", "Hello again.", "Hi there."),
    # handing over between bots
    "handover.buyer": ("Happy to help you buy.", "Great, let's find you a home."),
    "handover.seller": ("Happy to help you sell.", "Great, let's talk about your sale."),
    "handover.buyer_named": (
        "Nice to meet you, {name}. Happy to help you buy.",
        "Thanks, {name}. Let's find you a home.",
    ),
    "handover.seller_named": (
        "Nice to meet you, {name}. Happy to help you sell.",
        "Thanks, {name}. Let's talk about your sale.",
    ),
    "handover.gentle": ("We can help with that, at your pace.", "Our team can help you with it, step by step."),
    "handover.next_buy": ("Now to the home you'd like to buy.", "The sale is noted, so on to your purchase."),
    "handover.next_sell": ("Now to the home you'd like to sell.", "The search is noted, so on to your sale."),
    "handover.both": (
        "Happy to help with both. Let's start with the sale.",
        "We can do both, beginning with the sale.",
    ),
    "handover.both_buy": (
        "Happy to help with both, beginning with the purchase.",
        "We can do both. Let's start with buying.",
    ),
    "handover.stopped_selling": (
        "No problem, we'll leave the sale and look at buying.",
        "Okay, no sale then. Let's look at buying.",
    ),
    "handover.stopped_buying": (
        "No problem, we'll leave the purchase and look at selling.",
        "Okay, let's look at selling then.",
    ),
    "handover.blocked": (
        "I've noted that too, and our team will pick it up with you.",
        "Thanks, I've passed that on to our team as well.",
    ),
    # to a person
    "person": (
        "Of course. I've asked someone from our team to get in touch with you here.",
        "Sure thing. A person from our team will take it from here.",
    ),
    "person.after_bot_question": (
        "I'm an automated assistant. I've asked a person from our team to get in touch with you.",
        "You're texting with an automated assistant. A person from our team will take over.",
    ),
    "person.lost": (
        "I'm not being much help here, so I've asked a person from our team to take over.",
        "Sorry, I keep missing your point. Someone from our team will take it from here.",
    ),
    # being honest about what we are
    "bot_question": (
        "I'm an automated assistant for {business_name}. A person can step in anytime.",
        "I'm {business_name}'s automated assistant, not a person. Someone from our team can step in too.",
    ),
    # things the law or good manners answer
    "help": (
        "{business_name}: automated texts on buying or selling a home. Ask for a person anytime. STOP to opt out.",
        "{business_name}'s automated line for buying and selling homes. Ask for a person anytime, STOP to end.",
    ),
    "privacy": (
        "I've passed your data request to our team and they'll confirm it with you.",
        "Your privacy request is with our team now. They'll follow up to confirm it.",
    ),
    "wrong_number": (
        "Sorry about that. We'll take this number off our list.",
        "My apologies for the mix up. We won't text this number again.",
    ),
    "fair_housing": (
        "Fair housing law means I can't sort areas by who lives there, but any budget, size or commute works.",
        "I can't guide a search by who lives somewhere. I can go by price, size and location.",
        "Who lives in an area isn't something I can speak to. Price, size and location I can help with.",
    ),
    "injection": (
        "I can only help with buying or selling a home.",
        "That's not something I can do. I help with buying and selling homes.",
    ),
    "abuse": (
        "Sorry for the frustration. I've let a person on our team know. Reply STOP to end these texts.",
        "I'm sorry this has been annoying. Our team has been told, and STOP ends these texts.",
        "I hear you. Someone from our team will look at this. Reply STOP anytime.",
    ),
    "off_topic": (
        "That's a bit outside what I can help with. I'm here for buying and selling homes.",
        "I'd leave that one to others, but I can help with homes.",
        "That one is outside what I can help with, sorry. I'm here for homes.",
    ),
    "rent": (
        "We help people buy and sell, so we don't do rentals.",
        "Sorry, rentals aren't our field. A rental site or property manager is the place to start.",
        "I don't have a rental contact to give you, sorry. If buying ever comes up, just text.",
    ),
    "resumed": ("You're subscribed again, welcome back.", "Done, you'll get our texts again."),
    "resumed.buy": (
        "Welcome back, you're subscribed again. Let's go on with your search.",
        "You'll get our texts again. On with your search, then.",
    ),
    "resumed.sell": (
        "Welcome back, you're subscribed again. Let's go on with your sale.",
        "You'll get our texts again. On with your sale, then.",
    ),
    # goodbye
    "goodbye": (
        "No problem at all. If anything changes, just text me here.",
        "That's fine, thanks for letting me know. I'm here if you ever need us.",
        "Understood. I won't push. Text anytime if things change.",
    ),
    "objection.represented": (
        "Good to hear you have an agent, so we'll leave you to it. Text us if that ever changes.",
        "Glad you're in good hands with your agent. We won't get in the way.",
    ),
    "stay": (
        "Thanks for letting me know. I'm here whenever you need.",
        "Sounds good. Text me anytime.",
        "Okay, I'm here if anything comes up.",
    ),
    "team.lead": (
        "I'll leave it there. Someone from our team will get in touch to hear what you need.",
        "Okay. A person from our team will follow up with you here.",
    ),
    "team": (
        "Thanks. Someone from our team will be in touch with you.",
        "That's everything I need. Our team will follow up with you here.",
        "Great, our team has what it needs and will reach out.",
    ),
    # appointments
    "appointment": (
        "Thanks, I've noted {value}. Someone from our team will confirm the time.",
        "I've passed on {value} to our team. They'll confirm if it works.",
    ),
    "appointment.changed": (
        "No problem, I've passed on {value}. Our team will confirm the new time.",
        "Okay, {value} instead. Someone from our team will confirm it.",
    ),
    "appointment.move": ("No problem, that can be moved.", "Sure, we can find another time."),
    "appointment.cancel": (
        "No problem, I've asked our team to cancel it.",
        "Okay, I've let our team know to take it off the calendar.",
    ),
    "appointment.noted": (
        "Thanks, someone from our team will confirm that time with you.",
        "Got it, our team will confirm if that time works.",
    ),
    "appointment.gladly": ("Happy to set that up.", "Sure, let's find a time."),
    # what leads ask
    "answer.legal": (
        "I can't advise on legal matters, so I've asked someone from our team to talk with you.",
        "That one needs a person. I've asked someone from our team to follow up with you.",
    ),
    "answer.financial": (
        "I can't give tax or money advice, so I've asked someone from our team to talk with you.",
        "That depends on your own numbers. I've asked someone from our team to follow up with you.",
    ),
    "answer.schools": (
        "I can't rate schools, but greatschools.org and the district sites have public data.",
        "For schools, the state and district websites are the best public source.",
        "I can't rate schools, but greatschools.org can help.",
    ),
    "answer.safety": (
        "I can't speak to that for an area. Local police sites publish public data.",
        "That's one for public sources, such as the local police website.",
    ),
    "answer.fees": (
        "Costs depend on the agreement, so our team will go over them with you.",
        "I don't want to guess at fees. Someone from our team will go through them.",
        "Our team will go over any costs with you.",
    ),
    "answer.loans": (
        "A lender would know best. Our team can talk through it with you.",
        "I can't quote loan terms, but our team can talk it through with you.",
        "Our team can go over loans with you.",
    ),
    "answer.process": (
        "I ask a few basics, then someone from our team takes it from there.",
        "Next I note what you need, and our team follows up with you.",
    ),
    "answer.number": (
        "I can't see how your number reached us, but I've asked our team. STOP ends these texts.",
        "I don't know how we got it. I've asked our team to check.",
    ),
    "answer.sender": (
        "We help people buy and sell homes.",
        "We work with people who buy or sell a home.",
    ),
    "answer.role": (
        "I'm an automated assistant, and our team helps people buy and sell homes.",
        "I'm only the automated assistant. The people on our team help with buying and selling.",
    ),
    "answer.license": (
        "I'm an automated assistant, so I've asked our team to confirm their license with you.",
        "That's good to check. Someone from our team will confirm the license details.",
    ),
    "answer.pictures": (
        "I can't send pictures from here, so I've asked our team to send what they have.",
        "I don't have pictures myself. Our team will see what they can send you.",
    ),
    "answer.availability": (
        "I can't see live listings, so our team will check what's available.",
        "Someone from our team will confirm what's on the market.",
    ),
    "answer.prices": (
        "I don't want to guess at prices. Our team will get you real numbers.",
        "That deserves real figures, so someone from our team will confirm.",
        "I'd rather not guess. Our team can check recent sales for you.",
    ),
    "answer.afraid": ("I've asked our team to look at this with you.", "Our team will go through it with you."),
    "answer.other": (
        "Good question. Someone from our team will get you an answer.",
        "I don't want to guess, so I've passed that to our team.",
        "Let me have our team confirm that for you.",
    ),
    # objections
    "objection.price": ("That's fair, the price has to make sense for you.", "I hear you on price."),
    "objection.commission": (
        "Fair point. Our team will go over every cost openly first.",
        "I understand. Our team will be open about every cost.",
    ),
    "objection.timing": ("No rush at all, we go at your pace.", "That's fine, there's no pressure to decide now."),
    "objection.market": (
        "That's a fair worry. Our team can share current local numbers.",
        "I understand. Our team can go through the local figures with you.",
    ),
    "objection.trust": (
        "Fair to ask. I'm the automated assistant of {business_name}, and a person can call you.",
        "It's good to check. I'm an automated assistant and our team is glad to talk in person.",
    ),
    "objection.decision_maker": ("Of course, take the time to talk it over.", "Makes sense to decide that together."),
    "objection.competing_estimate": (
        "Online estimates can miss things. Our team can compare with recent sales.",
        "Thanks for sharing that figure. Our team can check it against recent sales.",
    ),
    "objection.diy": ("That makes sense. We're here if a hand would help.", "Fair enough, that works for some people."),
    "objection.financing": (
        "Thanks for being open about it. There may be options to look at.",
        "That's okay, you're not alone in that.",
    ),
    "objection.condition": (
        "No need to worry about that, any condition is fine.",
        "That's okay, homes come in all shapes.",
    ),
    "objection.thinking": (
        "Take all the time you need. I'm here when you're ready.",
        "Of course, no rush. Text me whenever you like.",
    ),
}
