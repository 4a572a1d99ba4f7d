"""How people ask for no more messages, by families of wording, in English and Spanish.

Each rule names what a reasonable person would take as a wish that messages end (47 CFR 64.1200(a)(10) lets a consumer
revoke consent "by any reasonable means").  What only resembles one, such as a limit to what is sent, an hour or
another channel, is in the guards and in `ANOTHER_SENSE`.
"""

import re

from ghl_real_estate_ai.understanding.model import Intent
from ghl_real_estate_ai.understanding.phrases import AT_END, AT_START, not_after, one_of, some
from ghl_real_estate_ai.understanding.rules import Rule, loose, pattern

# --- English: the words

_STOP = one_of("stop stops stopp stahp stawp stpo sotp quit cease halt discontinue desist_from refrain_from enough_with enough_of lay_off ease_off",
               "knock_off cut_out chill_with chill_on chill_out_with cool_it_with end cut_it_out_with knock_it_off_with quit_it_with stop_it_with done_with")  # fmt: skip
_SENDING = one_of(
    "text texting texing textin message messaging messagin contact contacting call calling callin phoning ringing email emailing mail mailing",
    "send sending sendin bother bothering bug bugging pester pestering annoy annoying harass harassing hound hounding hassle hassling",
    "spam spamming spammin write writing reach reaching hitting_me hitting_us hitting_up hit_me hit_us hit_up blowing blow dm dming ping pinging",
    "follow_up following_up check_in checking_in checkin_in solicit soliciting disturb disturbing buzzing dinging talking_to_me trying_to_reach stalking notifying",
    "reply replying respond responding prospecting marketing_to badgering nagging wasting_my_time trying_me",
)
_MESSAGES = one_of(
    "texts? messages? calls? emails? e_?mails? spam contacts? notifications? notifs? alerts? updates reminders? voicemails? communications? pings?",
    "solicitations? blasts? mailings? mailers? newsletters? messaging texting contacting correspondence outreach follow_?_?ups? junk",
    "marketing advertisements ads sms drips? campaigns? subscription buzzing dinging offers promos? promotions? mass_texts group_texts",
)
_HOMES = one_of("listings? houses? homes? properties stuff links suggestions options recommendations postings places")
_ME = one_of(
    "me us my our this_number this_phone this_line this_cell this_# that_number him her them here back again any_?more my_number my_phone",
    "my_cell people anyone anybody altogether entirely forever for_good already now please ever",
)
_FILLER = "with all it of the this that these those your and just ever trying to me us any further damn freaking dang stupid so please right_now both even keep with_all more"
_A_LIMIT = (
    r"\s+(?:over|under|above|below|in|with|without|w|near|outside|around|like|bigger|smaller|less|more than|north|south"
    r"|east|west|on|that|about|from|until|til|till|for \d|for now i)\b"
)
_LIMIT = rf"(?!{_A_LIMIT}|\s*,?\s*(?:only|just|i (?:said|want|need|only)|we (?:want|need|said|only)|send|unless|if)\b)"
_LIMITED_HOMES = rf"(?: any| more| anything| stuff| ones| {_HOMES})+{_A_LIMIT}"
_NOT_A_TIME = (
    r"(?!\s*(?:,\s*)?(?:before|until|till|til|at (?:work|night|home|my job|that|\d)|during|on (?:sat|sun|mon|tue|wed|thu|fri|week|my)|while"
    r"|between|today|tonight|tomorrow|this (?:week|morning|afternoon)|in the (?:morning|am|middle)|so (?:early|late)|early|late|yet|i will|we will"
    r"|instead|when|after|except|unless|with an(?:y)? (?:offer|number)|past \d|past (?:nine|ten|dark)|then|first|as much|so much|as often|so often|just yet)\b)"
)
_UNDENIED = not_after("dont never not cant wont wouldnt didnt doesnt shouldnt cannot couldnt to_not")
_DONT = one_of(
    "dont dnt do_not never no_longer please_dont not_to please_not better_not shouldnt wouldnt didnt rather_you_not stop_and_dont do_nt"
)
_ON_LISTS = one_of(
    "lists? texts? text_list messages? mailings? drip campaigns? systems? databases? data_?bases? crm db rotation schedule blasts? group thread chain contacts?",
    "roster records? files? program subscription distribution outreach here there notifications? sms feed queue updates? alerts? emails? everything phone",
    "group_text group_chat whatever anything all_of_it it all this these that yours sequence funnel call_list mailing_list contact_list computer robot bot machine service",
    "books sheet log platform app site website automation autodialer dialer",
)
_MINE = one_of(
    "me us my_number my_phone my_cell my_name my_contact my_info our_number our_name this_number the_number this_phone this_line that_number number him her",
    "my_digits my_phone_number our_info our_contact my_email mom dad my_mom my_dad my_wife my_husband my_son my_mother my_father them our_names my_line the_name",
)
_REMOVE = one_of(
    "take taking remove removing drop delete deleting scratch get cut pull erase strike scrub wipe cross keep kick purge unlist boot clear mark x"
)

ENGLISH: dict[str, tuple[float, str]] = {
    "stop texting": (
        0.95,
        rf"{_UNDENIED}(?!end (?:the|this|our) call\b){_STOP} {some(_FILLER, 4)}(?!send |sending |sendin ){_SENDING}\b(?! (?:all )?(?:the )?(?:agent|lender|seller|buyer|bank|inspector|landlord|tenants?)\b){_NOT_A_TIME}",
    ),
    "stop sending": (
        0.95,
        rf"{_UNDENIED}(?!end (?:the|this|our) call\b){_STOP} {some(_FILLER, 4)}send(?:ing|in)?(?:{AT_END}|(?: {_ME}| {_MESSAGES}| {_HOMES}| things| these| this| those| any| all| more| of| your| the| anything){{1,5}}+{_LIMIT}{_NOT_A_TIME})(?= ?{AT_END}| (?:please|now|thanks|and|or|ok|because|i|we|im|already|to|asap|every|all|unless|my|so|at|it|they|that|this|n|ever|lol|already|man|bro|u|you|your)\b)(?<!the)(?! (?:condos|split|townho|apartments|fixers))",
    ),
    "stop the texts": (0.95, rf"{_UNDENIED}(?!end (?:the|this|our) call\b){_STOP} {some(_FILLER, 4)}{some('real_estate daily constant unwanted annoying automated stupid marketing text listing spam weekly house random nonstop endless early_morning late_night mass robo fake creepy bot', 2)}{_MESSAGES}{_NOT_A_TIME}{_LIMIT}"),
    "stop them": (0.85, rf"{_UNDENIED}(?:stop|quit|end) (?:them|these|those|all (?:of )?(?:it|this|these|that|them)|it all|everything|all){AT_END}"),
    "please stop": (
        0.9,
        r"(?:please|pls|plz|pleas|kindly|just|so|now|then|yall|you|must|should|must|and|or|can|could|would|will|guys|nicely|wish you would|need you to|want you to|told you to|asked you to|ask you to|asking you to|begging you to|beg you to|it to|this to|these to|them to|all to|say|said|says|type|typed|texted|wrote|replied|reply|replying|sent|answered|times|srsly|seriously|yo|hey|bro|man|dude|lady|sir|maam|omg|ok|okay|pls just) (?:stop|stahp|stawp|stpo|quit|cease|desist)(?=\W*$|[.!?,;\n]| (?:please|now|it|this|already|thanks|means|immediately|for good|three|two|twice|\d|so many|like|yesterday|last|before|days|weeks|and (?:you|still|yet)|means))(?! it (?:from|by))",
    ),
    "want it to stop": (
        0.9,
        rf"(?:want|need|like|make|get|have|how do (?:i|we|you) (?:make|get)|how to (?:make|get)) (?:it|this|these|them|those|all this|all of this|the|your|the \w+ )(?: {_MESSAGES})? ?(?:to )?(?:stop|stopped|quit|end|ended|go away|cease)(?! (?:by|the (?:foreclosure|auction|sale)))",
    ),
    "how to end it": (
        0.9,
        r"(?:how (?:do|can|would|does|to)(?: (?:i|we|you|one|a person))?|what do (?:i|we) (?:have to )?(?:type|say|text|send|do|press|reply)|where do (?:i|we)|is there a way to|way (?:to|for you to)) (?:to )?(?:\w+ ){0,3}?(?:unsub\w*|opt out|get (?:off|out) (?:of )?(?:this|your|the|these)(?: \w+)? ?(?:list|thing|texts?|messages|thread|group|campaign)|turn (?:this|these|it|them) off|(?:stop|end|cancel|block|quit|not get|not send|get rid of) (?:all )?(?:these|this|them|getting|receiving|the (?:texts|messages)|any))",
    ),
    "do not text": (
        0.95,
        rf"{_DONT} (?:you )?{some('you dare ever even be bother bothering keep go need_to have_to want_you_to please just try continue', 3)}(?:{_SENDING} (?:or|and|nor) )?(?!email\W*(?:$|[,.]|i never)){_SENDING}"
        rf"(?:(?: to| out| up| in| with| on| any| more){{0,3}} (?:me|us|this (?:number|phone|line|cell)|my (?:number|phone|cell|line)|here|back|again|any ?more|ever|at all|(?:any|more|any more|further|your|these|another) {_MESSAGES}|no more|nothing|either)\b"
        rf"(?!\s+(?:about|in spanish|in english|that|a|an|the|your|her|his|links?|pics?|pictures?|photos?|(?:any |any more |more )?(?:condos?|split|townho\w+|apartments?|fixers?|trailers?|ranches))\b)(?!{_LIMITED_HOMES})"
        rf"|{AT_END}){_NOT_A_TIME}{_LIMIT}",
    ),
    "not to send any": (0.9, rf"(?:not|dont|never) (?:to )?send(?:ing)? (?:me |us )?(?:any ?more|any|more|anything(?: else)?|nothing|these|this|those|another)(?: (?:{_MESSAGES}|{_HOMES}|of these|of this|to me|to us|to this \w+))?{AT_END}"),
    "can you not": (0.8, rf"(?:can|could|would|will) (?:you|u|yall) (?:please |just |kindly )?not(?: please)?{AT_END}"),
    "stop, stop": (0.8, r"stop(?: \w+){0,2} stop\b(?! (?:sign|by))"),
    "please dont": (0.75, r"(?:please|pls|kindly|just|so|say|saying) dont(?=\W*$)"),
    "not to be contacted": (
        0.9,
        r"(?:not|never|dont|no longer|stop|quit|without|against|tired of|sick of) (?:\w+ ){0,3}?(?:be|being|getting|get|been) (?:contacted|texted|messaged|called|emailed|bothered|solicited|harassed|spammed|hounded|bugged|disturbed|pestered)(?! (?:about|before|until|by the (?:seller|buyer|bank)|back))",
    ),
    "want none": (
        0.9,
        rf"(?:(?:dont|dnt|doesnt|didnt|never|no longer|nor|cant|not|without) (?:ever |really |even |actually |personally |care to |wish to |want to )*(?:want|wanna|wish|like|care|need|consent|agree|expect|asked?)|(?:not|without|from|no longer) (?:getting|receiving|be getting|be receiving)|not to (?:get|receive)|(?:rather|prefer|like|love|appreciate|prefer to|wish to|choose) not|hate getting|hate receiving|tired of)"
        rf"(?:(?: to| for| be| keep| have| having| get| getting| receive| receiving| hear| hearing| see| seeing| any| anymore| any more| more| your| these| this| those| further| such| all| the| from| of| other| stupid| kind| sms| text| automated| unsolicited| promotional| marketing| real estate| daily| constant)\b)*+"
        rf"(?: {_MESSAGES}|(?<= from) (?:you|yall|ya|your|anyone|anybody|any of you)|(?<= getting these)|(?<= get these)|(?<= get this)|(?<= receive these)|(?<= receiving these)|(?<= these)(?={AT_END}))\b(?! (?:about|before|until|from (?:the )?(?:seller|buyer|agent|lender)|back|at (?:work|night)|on my))(?<!offers)",
    ),
    "no more of it": (0.95, rf"(?:no|zero|not one|not another|not a|nary a|not any|without|0) (?:mo |more |further |additional |single |other |damn |future |one more |mas |freaking |fucking )+(?:of (?:these|this|your|those) ?|these |your |fucking |damn |stupid )?(?:{_MESSAGES}|communication|listings(?=\W*$| needed| please| required| necessary| thanks)|houses(?=\W*$| needed)|bugging|bothering|anything)\b(?! (?:before|until|after|about|on))"),
    "not one text": (0.85, r"(?:not (?:one|another|a single)(?: more)?|no more|not any) (?:\w+ )?(?:text|message|word|call|email|ping|msg|peep)s?\b"),
    "no texts": (0.85, rf"(?:{AT_START}|please |and |or |so |means |want )no (?:texts?|texting|messages|contact|soliciting|solicitation|spam|texts or calls|calls or texts|marketing)(?=\W*$|[.!?,;\n]| (?:please|or|and|thanks|ever|anymore|at all))(?! or rent)"),
    "take me off": (
        0.95,
        rf"{_REMOVE} {_MINE}(?: \w+)?(?: the hell| the heck| tf)? (?:off|out|from|down)(?: of)?(?:{AT_END}| (?:please|now|thanks|asap|and|or|already|&|immediately|right|today|ya|ty|porfa\w*)\b|(?: (?:this|your|the|all|these|any|that|whatever|ya|yall|yalls|those|every|future|our))*(?: \w+){{0,3}}? {_ON_LISTS}\b)(?! (?:speaker|the (?:title|deed|loan|mortgage|lease|house|market|contract|note)|hold|hook|my|work|market|in))",
    ),
    "remove me": (
        0.9,
        rf"{not_after('not dont')}(?:remove|delete|erase|unsubscribe|unlist|block|scratch|scrub|drop|purge) (?:me|us|my (?:number|phone|cell|name|contact|contact info|phone number|digits)|this (?:number|phone|line|contact)|the number|him|her)(?={AT_END}| (?:please|now|thanks|asap|immediately|and|or|already|right now|today|permanently|completely|at once|porfa\w*|ty|bc|because|for good|forever)\b)",
    ),
    "number comes off": (0.8, r"(?:number|phone|line|cell|name)\b.{0,80}?\b(?:take|get|pull|keep|leave|drop|delete|remove|lose|erase) (?:it|this|that|mine|her|him|us|me) ?(?:off|out|down)?(?=\W*$|[.!?,;\n]| (?:please|now|off|out|down|from|of))"),
    "lose my number": (
        0.9,
        r"(?:lose|loose|forget|forgot|delete|erase|trash|burn|toss|get rid of|throw (?:out|away)|scrap|ditch|discard|dump|drop|scratch|strike|shred|misplace|unsave|block|remove) (?:\w+ ){0,3}?(?:my|this|the|our|dis|that) (?:number|digits|phone number|contact|cell|line|phone #|phone|info and lose)\b(?!\s+(?:on|for|of|is|was|to|so|can|for the)\b)(?<!i lost my number)",
    ),
    "off the list": (
        0.85,
        rf"(?:{AT_START}|want |like |get |be |getting |need |me |us |please |wants |asked to be |to be |can i |how do i get |stay |put |keep )(?:taken |removed |me |us |off |get )*(?:off|out)(?: of| from)? (?:the|this|your|these|all|ur|yalls?|that|whatever|any)(?: \w+)?(?: of)?(?: your| these| the)? ?(?:lists?|texts?|messages|thread|mailing|database|drip|group|chat|schedule|campaign|system|rotation|spam|alerts|emails|updates|program|subscription|sms)\b",
    ),
    "unsubscribe": (0.95, rf"(?<!i )un ?-?su[bs]s?c?\w*(?! (?:from (?:the |my |their )?(?:mls|zillow|redfin|trulia|realtor\.com|newsletter|netflix|hulu|other|another|them|everyone)|by (?:accident|mistake)|button|on accident|accidentally))(?<!unsubscribed)|{AT_START}unsub|(?:want|like|please|get|be|need|wish|rather|me) (?:to be |be |me |to get )?unsubscribed"),
    "removed from this": (0.9, rf"(?:want|like|please|get|be|need|wish|rather|demand|request) (?:to be |be |me |us |to get |my \w+ )*(?:opted out|taken (?:off|out)|removed|deleted|dropped|unlisted)(?! from (?:the|my) (?:title|deed|loan|lease|mortgage|house|property|contract))(?:{AT_END}| (?:please|now|from|of|off|asap|immediately))"),
    "opt out": (0.9, r"opt(?:ing|ed)?(?: me| us| my number| this number)? ?-?out\b(?!\s+of (?!this|these|your|all|texts?|messages|any|the (?:texts?|messages|list|program|service|campaign)))(?! (?:by|on) (?:accident|mistake))"),
    "off the phone facts": (0.6, r"(?:this|that|number|it|u got|you got|you have|you reached|phone)(?: number| phone| line| cell)?(?: is| was|s|'s)?(?: just| only| for| a| an| my| our| the)* (?:work|company|business|church|school|office|government|kids|childs|sons|daughters|grandsons|emergency|hospital|hospice|on call|shared|crisis)\W?s? ?(?:phone|line|cell|number|use|only|office|emergencies)(?! (?:but|and) (?:its |it is |thats )?(?:fine|ok|cool|good))\b"),
    "do not use": (0.85, r"dont use(?: this| my| that| the)?(?: number| phone| line| cell| contact)?(?: again| any ?more)?(?=\W*$|[.!?,;\n])"),
    "should not come": (0.75, rf"(?:cant|cannot|shouldnt|not supposed to|not allowed to|wont) (?:be |keep |have )(?:getting|receiving|my phone|{_MESSAGES}|all these|these)(?: \w+){{0,3}}"),
    "you can stop": (0.9, r"(?:you|yall|u|guys|ya|team|jorge) (?:can|may|could|should|need to|have to|must|better|might as well|gotta|can all|are free to)(?: please| now| all| just| go ahead and)* (?:stop|quit|cease|end this|let it go|let me go|let us go|leave (?:me|us) (?:be|alone)|give it a rest|close (?:out )?(?:my|our) (?:file|account)|delete (?:my|our|me|this)|take (?:me|us|my)|drop (?:me|us)|cross (?:me|us)|lose (?:my|me)|forget (?:about )?(?:me|us|my number)|remove (?:me|us|my))\b(?! (?:by|in|at|over|looking|showing|searching|worrying|off the (?:title|market)|the (?:search|listing|showing)))"),
    "no need to text": (0.9, rf"(?:no need(?: for you)? to|dont (?:need|have) (?:you )?to|neednt|do not need to|not necessary to|no reason to|no point in|no sense in|no use) (?:\w+ ){{0,2}}?(?:{_SENDING}|respond|reply)(?! (?:the|my|a) (?:seller|agent|lender|buyer|husband|wife))(?! (?:until|til|till|before|if|back|today|tonight|tomorrow|right now))"),
    "need no listings": (0.75, rf"(?:no longer|dont|not) (?:need|want|require|looking for) (?:\w+ )?(?:any |any more |more |your |these |the |your damn |further |to see |to get |to have )+(?:{_MESSAGES}|listings|emails|info|reminders)\b{_LIMIT}(?! agent)|no more (?:listings|homes|houses|alerts|updates|emails|info)(?: are| is)? (?:needed|necessary|required|wanted)"),
    "revoke consent": (0.95, r"(?:revoke|revoking|revoked|withdraw|withdrawing|withdrew|withdrawn|rescind|rescinding|take back|taking back|pull|pulling|cancel|cancelling|canceling|deny|terminate|removing|remove)(?:\s+(?:my|all|any|the|this|every|prior|previous|express|written|whatever|your)){0,4}\s+(?:consents?|permissions?|authorization|subscription|approval|agreement to (?:text|contact|receive))"),
    "no consent": (0.85, r"(?:dont|not|no longer|without) (?:ever |\w+ )?(?:consent(?:ed|ing)?|authoriz(?:e|ed|ing)|giv(?:e|en) (?:\w+ )?(?:consent|permission|authorization)|gave (?:\w+ )?(?:consent|permission)|consent|permission|approve)(?: \w+){0,4}? (?:receiv\w+|text\w*|messag\w+|contact\w*|call\w*|communicat\w+|send\w*|me|us|number)"),
    "never signed up": (0.4, r"(?:never|didnt|dont remember|dont recall|not) (?:ever )?(?:sign(?:ed|ing)? up|subscrib\w+|consent\w*|ask(?:ed|ing)? (?:for|to be)|agree\w*|opt\w* in|request\w*|give|gave|given)\b(?: \w+){0,3} (?:this|these|texts?|messages|texted|contacted|permission|consent|my number)"),
    "fed up": (0.85, rf"(?:tired|sick|sick and tired|done|fed up|over|annoyed|exhausted|had it|had enough|had it up to here|enough|through|finished) (?:of|with|by|getting|from)(?: getting| all| so| hearing| receiving| of| from| being| these| your| the| this| you| with| damn| constant| daily| nonstop| yall| ur| spam| you guys)*(?: \w+)? ?(?:{_MESSAGES}|texting|messaging|calling|texted|contacted|hearing from|you people|you guys|yall|this company)\b"),
    "done with you": (0.75, r"(?:i am|we are|im|were|i was|so) (?:so |all |totally )?(?:done|finished|through|over) (?:with|hearing from|talking to|dealing with) (?:you|yall|this (?:company|convo|conversation|thread)|your (?:company|team|service|texts))(?: guys| people| all)?(?=\W*$|[.!?,;\n]| (?:and|so|please|now))"),
    "leave me alone": (0.9, r"(?:leave|let|lemme|left) (?:me|us|my (?:family|mom|dad|wife|husband|mother|father|parents)|him|her|this number|people|ppl|we)(?: the (?:hell|heck|fuck|f)| tf| live)? ?(?:alone|be(?=\W|$)(?! (?:the|a|with|honest|clear|real))|in peace)|live in peace"),
    "go away": (0.75, r"(?:please |just )?(?:go away|get lost|buzz off|bug off|bugger off|piss off|shove off|sod off|naff off|f off|eff off|f+u+c+k+ (?:right |the fuck )?off|fk off|fck off|f\*+k? off|back off|beat it(?=\W*$|[.!,])|scram|take a hike|kick rocks|(?:get|stay|keep) (?:out of|outta) my (?:phone|inbox|texts|life|face|messages|dms)|get off my (?:phone|line|case|back|texts)|get the hint|take (?:the|a) hint|get a life|never come back|dont come back|be gone|begone|get bent|scoot|shoo|hop off)\b(?! (?:the|from|for|to|on|with|in)\b)"),
    "shut up": (0.55, r"(?:stfu|shut (?:the \w+ )?up)(?=\W*$|[.!,])"),
    "knock it off": (0.85, rf"(?:cut|knock|quit) (?:it|this|that|the shit|the crap)(?: the \w+)? ?(?:out|off)(?=\W*$|[.!?,;\n]| (?:with|already|now|please|man|yall|bro))|{AT_START}(?:enough(?: already| is enough| please| now| of this)?|give it a rest|thats enough|quit it|cut it out|basta ya|not again|give it up|for the love of god stop)(?=\W*$|[.!?,;\n])|enough already|enough is enough|give it a rest"),
    "turn it off": (0.85, rf"(?:turn|shut|switch|sign|click|toggle)(?:ing)? (?:off )?(?:these|those|them|all (?:of )?(?:this|these)|the|my|your|all)(?: \w+)? ?(?:{_MESSAGES}|updates)?(?: off)(?={AT_END}| (?:please|now|for|permanently|thanks))(?<!water off)(?<!power off)(?<!gas off)(?<!heat off)(?<!lights off)(?<!utilities off)(?<!electric off)|turn off (?:the |my |your |all |these |this )*{_MESSAGES}"),
    "end the alerts": (
        0.9,
        rf"{_UNDENIED}(?:end|cancel|kill|drop|suspend|terminate|discontinue|deactivate|disable|disconnect|silence|mute|unsubscribe|block|stop|delete|turn off|shut off|shut down|cease|withdraw|halt|remove)(?: (?:all|the|my|your|these|this|those|any|of|whatever|our|every|ur|from|damn|weekly|daily|auto|automatic|automated|listing|text|email|property|home|market|price|mls|future))*"
        rf" (?:{_MESSAGES}|subscription|service|membership|enrollment|sign ?up|registration|account|drip|autotexts?|auto ?texts?|feed|newsletter)\b(?<!calls)(?<!contact)(?<!contacts)(?<!offers)(?<!email)(?<!call)(?<!campaign){_LIMIT}{_NOT_A_TIME}|cancel (?:\w+ ){{0,4}}signed (?:me|us|up)",
    ),
    "please discontinue": (0.9, r"(?:please|kindly|pls|and|then|must|to) (?:immediately )?(?:discontinue|cease(?: and desist)?|desist|unsubscribe|remove|refrain|cease immediately|no mas)(?=\W*$|[.!?,;\n])"),
    "formal notice": (0.85, r"(?:formal|written|official|final|last|second|third|only|legal|my|due) (?:notice|notification|warning|request|demand)(?: \w+){0,3}? (?:to (?:stop|cease|remove|be removed|discontinue|desist|opt|not)|that i (?:dont|do not|no longer|revoke|withdraw))|cease (?:and|n|&) desist|cease all (?:contact|communication)|(?:last|final) (?:warning|notice|time i)"),
    "threat of law": (
        0.85,
        r"(?:text|message|contact|call|bother|email|hit|write|messaging|texting|bug|send)(?:ing|s)? ?(?:me|us|this number|my phone|my \w+)? (?:one more time|again|once more|1 more time|another time|one mo time|ever again|even once)\b.{0,25}?\b(?:and|n|&|i ?ll|ill|i will|i am|im|or|you|will|get|gets)\b",
    ),
    "one more text": (0.8, r"(?<!send )(?<!just )(?<!have )(?<!got )(?<!send me )(?<!ask )(?:if|and|next|another|one more|1 more|uno mas)(?: \w+){0,4}? ?(?:one more|1 more|another|next|single)?(?: of (?:these|those|your|them))?(?: \w+){0,3}? ?(?:texts?|message|call|email|from you|comes|ping|word|of these|dings?|buzz\w*)\b.{0,45}?\b(?:report\w*|sue|suing|lawyer|attorney|block\w*|police|fcc|ftc|cops|legal|court|lawsuit|coming down|find you|regret|kill me|gonna|going to|lose it|scream|hear from|small claims|complain\w*|bar)\b"),
    "one more of these": (0.7, r"(?:if|not|get) (?:\w+ ){0,3}?(?:one more|another|1 more) (?:of (?:these|those|your|them)|(?:\w+ ){0,2}(?:text|message|msg|ping))"),
    "if you text again": (0.85, r"if (?:you|i|yall|u|this number|anyone|any of you)\s+(?:\w+ ){0,3}?(?:text(?:ing|s)?|messag\w+|contact(?:ing)?|call(?:ing)?|another|one more|from you|bother\w*|dont stop|keep (?:it )?up|keep)\b.{0,50}?(?:report|sue|suing|lawyer|attorney|block|police|fcc|ftc|cops|legal|court|harass|complain)"),
    "report you": (0.8, rf"(?:report(?:ing|ed)?|sue|suing|sued|block(?:ing|ed)?|blacklist\w*)\s+(?:you|u|yall|ya|your|ur|this|the|them|these|it)\b(?: (?:number|people|line|guys|company|ass|texts?|phone|as|to|for|all|spam|junk|contact))*(?!\s+(?:a|driveway|view|road|off|damage|leak|income|sale|issue|sun)\b)(?<! the)(?<! it)|report(?:ed|ing)? (?:\w+ )?(?:to|as) (?:the )?(?:fcc|ftc|spam|junk|harass\w+|police|bbb|attorney|state|authorities|carrier|phone company|commission)|(?:number|you|u|and|all|yall|contact|company)(?: is| are| been| be| getting| have been| has been| gonna be| will be)*(?: now)? blocked|reported and blocked|blocked and reported|{AT_START}blocked(?=\W*$)|to the block ?list|block(?:ing)? (?:you|this)"),
    "regulator": (0.75, r"(?:tcpa|telephone consumer protection|fcc|ftc|can ?-?spam act|do ?-?not ?-?(?:call|contact|text|disturb)|dont (?:call|contact|text)|dnc|no ?-?call(?= (?:list|registry))|donotcall)(?: (?:list|registry|me|act|registered|violation|complaint))?(?=\W|$)(?<!dont call)(?<!dont text)(?<!dont contact)(?<!dont call me)(?<!dont text me)(?<!dont contact me)|attorney general|consumer protection|(?:state )?real estate (?:commission|board)(?! (?:rate|fee|is|percent|split|should))|licensing board"),
    "harassment": (0.8, r"(?:this|its|it is|thats|is|becoming|considered|borderline|bordering on|pure|now|for|called) (?:\w+ )?harass(?:ment|ing)|stop harass\w+|harass(?:ing|ed) (?:me|us|people|my)|invasion of (?:my )?privacy|restraining order(?=.{0,80}(?:text|contact|message))|(?:texts?|messages?|texting|messaging|this) (?:\w+ )?(?:is|are) (?:illegal|unlawful|against the law)"),
    "my lawyer": (0.7, r"(?:lawyer|attorney|attny|lawyers)\b.{0,60}?\b(?:hear (?:about|from)|texts|messages|harass\w*|text number)|(?:ill|i will|gonna|going to|will) sue\b|(?:see|meet) (?:you|u|yall) in (?:court|small claims)|small claims|(?:hear|hearing) from my (?:lawyer|attorney)|(?:call|calling|get|getting|have) (?:my|a) (?:lawyer|attorney) (?:involved|on you|if|about (?:this|these))|press(?:ing)? charges|file (?:a )?(?:complaint|charges|lawsuit)|legal action|take (?:you|yall) to court|call(?:ing)? the (?:cops|police) on you"),
    "you not": (0.9, rf"(?:prefer|rather|like|appreciate it if|appreciate if|nice if|great if|ask that|request that|wish|love it if|thank you if) (?:you|yall|u|that you|if you|it if you)(?: guys)? (?:didnt|dont|not|wouldnt|would not|would stop|stopped|stop|quit|would quit)(?: (?:with )?(?:{_SENDING}|{_MESSAGES}|please)|{AT_END}){_NOT_A_TIME}"),
    "stop asking": (0.8, rf"{_UNDENIED}(?:stop|quit) asking(?:{AT_END}| (?:me|us)(?: to sell| about (?:my|our|the) (?:house|home|property)| if |{AT_END}))"),
    "off the line": (0.85, r"(?:stop|quit|dont) (?:hitting|blowing|burning) (?:up )?(?:my|our) (?:line|phone|cell|inbox)|dont hmu(?: any ?more| again|\W*$)|mute me"),
    "not on the list": (0.9, r"(?:dont|never|no longer|not) (?:\w+ )?(?:want|wish|like|care|asked|need)(?: \w+)? (?:to )?(?:be )?(?:on|part of|in|included in) (?:this|your|the|any|these) (?:\w+ )?(?:lists?|group|text|texts|thread|drip|campaign|program|database|system)"),
    "never hear from you": (0.85, r"(?:hope|want|wish|rather|like|better) (?:to |i |we |that i |if i )*never (?:have to )?(?:hear|see|get|receive)(?:ing)? (?:from|another|any)|never hear from (?:you|yall)"),
    "have no permission": (0.9, r"(?:dont|do not|never|no longer|didnt) (?:have|had|get|got) (?:my|any|our) (?:permission|consent|authorization|ok)|(?:without|with no) (?:my|any) (?:permission|consent)"),
    "off, please": (0.7, rf"{AT_START}(?:i )?(?:want|wanna|just) off{AT_END}|{AT_START}(?:off|removed),? (?:please|now){AT_END}"),
    "no more of these": (0.9, r"no more of (?:these|this|those|your|them)(?=\W*$|[.!?,;\n]| (?:please|texts|messages|now|thanks))"),
    "chill": (0.75, r"(?:chill|relax|ease up|lay off|cool it|calm down|slow down|back off|let up|easy) (?:out )?(?:with|on) (?:\w+ ){0,2}?(?:texts|messages|texting|messaging|spam|calls)"),
    "forget me": (0.8, r"forget (?:you (?:ever|even) (?:had|knew|met|got)|(?:about )?me(?=\W*$|[.!,;]| (?:please|and))|(?:that )?i exist|we (?:ever )?(?:talked|met|spoke)|this number)|pretend (?:i|we) (?:dont|never)|lose me(?=\W*$)|(?:consider|count) (?:me|us) (?:gone|unsubscribed|removed|off|out of (?:this|your|the))"),
    "out of these": (0.85, r"(?:want|need|wants|let me|get me|like|count me|take me|i am|im) (?:to get |to be |get )?out (?:of|from) (?:these|this|your|all|the) (?:\w+ )?(?:texts?|messages?|list|thread|group|chat|alerts|program|system|drip|spam|emails)|unfollow me"),
    "close my file": (0.55, r"close (?:out )?(?:my|our|the|this) (?:file|account|profile|lead|case)"),
    "reach out no more": (0.85, rf"(?:stop|no|dont|without|not) (?:\w+ )?(?:keep )?(?!send){_SENDING}(?: \w+){{0,4}}? (?:any ?more|ever again|no more|from now on|going forward|in the future|for good|henceforth)(?! (?:condos|houses|homes))"),
    "too many": (0.4, r"(?:too many|so many|way too many|\d+|nonstop|constant|all these|daily|every (?:single )?day) (?:\w+ )?(?:texts|messages|alerts|notifications)|(?:texts|messages|alerts) (?:a|per|every) (?:day|week|hour)|why (?:do |are |r )?(?:you|yall|u) (?:keep |always |still |guys |keep on )*(?:text|messag|contact|bother|send)\w*"),
    "whenever it dings": (0.5, r"phone (?:\w+ )?(?:keeps? |is |wont stop |)(?:going off|blowing up|buzzing|dinging|ringing)|this (?:thing )?keeps (?:going off|buzzing|dinging)"),
    "send to another": (0.5, r"(?:bother|bug|pester|annoy|harass) (?:someone|somebody|some one) else|waste (?:someone|somebody) elses time|quit wasting|stop wasting"),
}  # fmt: skip

# --- Spanish: the words

_DEJAR = one_of(
    "deje dejen deja dejar dejes dejenme_ya pare paren para parar pares ya_estuvo basta ya_basta parale paren_ya suficiente cesen cese terminen detengan dejense dejeme dejenme dejame parenle parele bajale bajenle corten_ya ya_paren"
)
_ESCRIBIR = (
    r"(?:escrib(?:a|an|as|ir|irme|irnos|irle|iendo|iendome|iendole|iera|ieran)\b|mand(?:ar|arme|arnos|e|en|es|arle|ando|arles|andome|andole|andonos|arlos|emelos)|llam(?:ar|arme|arnos|e|en|es|ando|andome|adas?)|contact(?:ar|arme|arnos|e|en|es|ando|andome)"
    r"|molest(?:ar|arme|arnos|e|en|es|ando|andome|arlo|arla)|text(?:ear|earme|ee|een|ees|eando|eandome|ie|ien|iar|iarme|iando)|envi(?:ar|arme|arnos|e|en|es|ando|andome|o)"
    r"|marc(?:ar|arme|ando)|marqu(?:e|en|es)|insist\w*|busc(?:ar|arme|ando)|busqu(?:e|en|es)|habl(?:ar|arme|e|en|es|ando|andome)|fastidi\w+|jod(?:er|iendo|a|an|as)|chingar|chinguen|fregar|friegu\w+"
    r"|mensaj(?:ear|earme|ee|een|eando)|comuni(?:car\w*|que|quen)|acos(?:ar|arme|ando|en|e)|spam\w*|notific\w+|avis(?:en|e|es|ando)|hostig\w+)"
)
_MENSAJES = r"(?:mensajes?|mensajitos?|textos?|texts?|textitos|llamadas?|correos?|notificaciones|alertas|recordatorios|ofertas|publicidad|propaganda|anuncios|avisos|emails?|sms|promociones|listings?|spam|messages|comunicacion(?:es)?|envios|cosas|casas)"
_A_SU_HORA = r"(?! (?:antes|despues|ahorita(?! ni)|al rato|hasta|en la (?:manana|noche)|por la|mientras|cuando|al trabajo|en el trabajo|a esta hora|tan tarde|tan temprano|los (?:fines|sabados|domingos)|el (?:sabado|domingo)|mejor|todavia|aun|usted|de usted))"
_LIMITE = r"(?! (?:de|en|con|sin|que|mas|arriba|abajo|tan|por) (?:mas de|menos de|\w+ mil|\d|piscina|alberca|lejos|pasen|cuesten|tengan|dos|tres|una|el centro|escaleras|hoa|caras?|chicas?|arriba|abajo))"

SPANISH: dict[str, tuple[float, str]] = {
    "dejen de escribir": (0.95, rf"(?<!no )(?<!nos )(?<!si ){_DEJAR}(?: ya)? (?:de|con|a)(?: estar| estarme| los| las| tanto| tantos?| tantas| estos| esos| sus| esas?| andar| seguir| me)* (?:{_ESCRIBIR}|{_MENSAJES}|mi numero){_A_SU_HORA}"),
    "no me escriban": (0.95, rf"(?:ya )?(?:no|nunca|jamas|ni)(?: quiero que| quiero q| queremos que| deseo que| necesito que| autorizo que| autorizo a que| hace falta que| es necesario que| hay necesidad de que)?(?: ya| mas| jamas)?(?: me| nos| le| les| lo| la)(?: ya| mas| anden?| andes| vuelv\w+ a| siga[ns]?| sigas| este[ns]?| estes| estuviera[ns]?| anduviera[ns]?){{0,2}} {_ESCRIBIR}(?<! llamo)(?<! hablo)(?<! contesto){_A_SU_HORA}{_LIMITE}"
     r"(?! (?:condos?|departamentos|deptos|duplex|townhouses?|terrenos|el (?:link|contrato|mensaje)|la (?:direccion|foto|info)|las fotos|las llaves|fotos))"),
    "no me mandaran": (0.9, r"no me (?:siguiera[ns]?|mandara[ns]?|escribiera[ns]?|llamara[ns]?|contactara[ns]?|enviara[ns]?|molestara[ns]?)"),
    "no escriban": (0.85, rf"(?:favor de|por favor|pido que|pedimos que|ruego que|que|y|suplico que|agradeceria|agradezco|le pido|les pido|,|^)? ?(?:ya )?no (?:escriban?|escribir|manden?|mandar|llamen?|llamar|contacten?|contactar|molesten?|molestes?|molestar|envien?|enviar|texteen?|textear|insistan?|insistas|insistir|sigan?|sigas|fastidien?|jodan?|chinguen)(?=\W*$|[.!?,;\n]| (?:mas|mensajes?|textos?|insistiendo|molestando|escribiendo|mandando|llamando|por favor|porfa\w*|a este|a mi|nada|ya|tanto)\b){_A_SU_HORA}{_LIMITE}"),
    "quitenme": (0.95, r"(?:quit[ea]n?|quite[ns]?|sac[ae]n?|saquen?|saqu[ea]n?|borr[ea]n?|borre[ns]?|elimin[ea]n?|elimine[ns]?|remuev[ae]n?|bloquee?n?|desapunt[ae]n?|desuscrib[ae]n?|tach[ae]n?|olvid[ae]n?)(?:me|nos)\b(?!\s+(?:la|el|un|una|tod[oa]s?|mis|los|las|del? (?:est[ea] |la |el |mi )?(?:titulo|hipoteca|prestamo|deuda|contrato|apuro|duda|casa|bronca|problema|lio))\b)|(?:me|nos) (?:pued\w+|podri\w+|quier\w+|hagan? el favor de|hace[ns]? favor de) (?:\w+ )?(?:quitar|sacar|borrar|eliminar|remover)\b(?! (?:una|la|el))|(?:quitar|sacar|borrar|eliminar|remover|salir)(?:me|nos|se)? (?:\w+ )?(?:de|del) (?:\w+ ){0,2}?(?:lista|sistema|grupo|contactos|base|registros?|mensajes|textos|chat)"),
    "borren mi numero": (0.9, r"(?:quit|sac|saqu|borr|elimin|remov|remuev|retir|olvid|tir|bloque|pierd|bot)\w* (?:de \w+ )?(?:mi|este|el|nuestro|ese|a este|este numero de) (?:numero|telefono|nombre|contacto|cel|celular|num|tel)\b|(?:telefono|numero|celular|cel)\b.{0,50}?(?:saqu|quit|borr|elimin|sac)\w{1,4}(?:lo|la|los)|(?:deje|dejen|deja) (?:mi|este|nuestro) (?:numero|telefono|cel|celular) en paz"),
    "de su lista": (0.85, r"(?:fuera|salir|salgo|saque\w*|quite\w*|borre\w*|elimine\w*|remueva\w*|baja|quita\w*|saca\w*|borra\w*) (?:\w+ ){0,3}?(?:de|del) (?:la |su |tu |esta |sus |el |este )*(?:lista|sistema|base de datos|grupo|contactos|registro|directorio|envios)|me salgo|(?:quiero|quisiera|como (?:me|hago para|le hago para)|deseo) (?:\w+ )?(?:salir|salirme|salgo)(?= de (?:esta?|la|su|este|los|aqui)|\W*$)"),
    "dar de baja": (0.95, r"(?:dar(?:me|nos|se|lo|la)?|de[mn]e|den|dame|denme|doy|deme|dan|darle|quiero la|solicito (?:la|mi)|pido (?:la|mi)|damos)(?: ya| por favor)? (?:de )?baja(?! (?:de precio|el precio))"),
    "no mas mensajes": (0.95, rf"(?:(?:no|ya no) (?:quiero|queremos|deseo|necesito|ocupo|me interesan?|autorizo|acepto|solicite|pedi)|cero|ningun[oa]?|ni un[oa]?|sin|nada de|(?:ya )?no mas|basta de|no)(?: recibir| que me lleguen| ver| saber| mas| sus| estos| esos| otro| otra| los| mis| tantos| de| solo| este tipo de| esta| la)*+ {_MENSAJES}(?<!no email)(?<!no correo)(?<!no spam)(?<!no avisos)(?<!casas)(?<!cosas)(?<!ofertas)(?<!cosa)(?<!casa)(?<!no text)(?= mas|\W|$)(?! (?:came|come|yet|arrived|from|received|went|of)){_LIMITE}{_A_SU_HORA}"),
    "no quiero recibir": (0.95, r"(?:no|ya no|nunca|jamas|dejar de) (?:quiero|queremos|quisiera|deseo|deseamos|necesito|me interesa|me gustaria|autorizo|consiento|acepto|pedi)? ?(?:seguir )?(?:recib\w+|que me (?:contact|escrib|mand|llam|envi|llegu|moles|sig|text)\w*|saber (?:nada )?(?:de|mas)|nada (?:con|de|mas de) (?:ustedes|usted|uds))|no quiero nada(?: \w+)* (?:con|de) (?:ustedes|usted|uds|ud)"),
    "suspendan los mensajes": (0.9, rf"(?:suspend\w+|cancel\w+|deten\w+|detien\w+|detengan?|terminen?|corten?|desactiv\w+|apagu?\w+|pare[ns]?|quit\w+|elimin\w+|bloque\w+|silenci\w+|para)(?: ya)? (?:ya |todos? |todas? |mi |mis |los |las |la |el |sus |estos |estas |esos |esta |este |tus )+(?:{_MENSAJES}|suscripcion|servicio|registro|envio)(?<!casas)(?<!cosas)(?<!ofertas)(?<!llamada){_A_SU_HORA}"),
    "cancelar suscripcion": (0.9, r"cancel\w* (?:\w+ )?suscripcion|(?:quiero|quisiera|deseo|favor de) cancelar (?:los|sus|estos|esos) (?:mensajes|textos)(?! (?:del?|con) (?:zillow|otr[oa]|banco))"),
    "dejeme en paz": (0.95, r"(?:deje|dejen|deja|dejar)(?:me|nos)? (?:ya )?(?:en paz|tranquil[oa]s?|quiet[oa]|vivir)|(?:dejeme|dejenme|dejame|dejenos|dejennos) (?:ya )?(?:en paz|tranquil[oa]s?|de \w+)|en paz(?=\W*$)"),
    "ya parenle": (0.85, rf"ya (?:parale|parele|parenle|paren|pare|dejen|dejenme|dejeme|dejame|basta|estuvo(?: bueno)?|bajenle|chole|no sigan?|no sigas|no insista[ns]?|no molesten?|sueltenme|suelteme|ni (?:me )?\w+)(?=\W*$|[.!?,;\n]| (?:de|con|por favor|porfa\w*|hombre|please))|(?:parale|parele|parenle) (?:con|a|ya)|{AT_START}(?:ya no mas|no mas|ya no|no sigan?|no sigas|ni uno mas|parenle|paren|parele|ya estuvo|ya basta|basta ya|alto ya|alto|suficiente)(?=\W*$|[.!?,;\n]+| por favor| porfa| please)"),
    "bloquear": (0.75, r"(?:los|te|lo|la|voy a|ya|vamos a|ahorita) ?(?:los |te |lo |la )?(?:bloque(?:ar|o|are|e|amos|ado)|reportar|reporto|reportare|denunci(?:ar|o|are)|demand(?:ar|o|are)|acusar|acuso)(?:los|te|lo|la|se)?\b|bloquead[oa]s?|(?:se|te|les|los) (?:voy a |vamos a )?(?:demando|demandar|denunciar|bloquear|reportar|acusar)|(?:mi|un|con mi|el) abogado (?:\w+ ){0,4}?(?:mensaj|acos|contact|llam)\w+|(?:a|con|llamo a|llamar a) la policia|acoso|lista de no llamar|no llamar(?=\W)|esto es (?:ilegal|acoso)"),
    "sin permiso": (0.85, r"(?:quito|retiro|revoco|cancelo|quitar|retirar|revocar|anulo)(?: \w+){0,3} (?:permiso|consentimiento|autorizacion)|(?:no|nunca|jamas) (?:\w+ ){0,2}?(?:di|doy|dimos|damos|tiene[ns]?|autorizo|autorice|consiento|consenti|autorizamos|acepto)\b(?: \w+){0,4}? (?:permiso|autorizacion|consentimiento|numero|contact\w+|escrib\w+|mensajes|llam\w+|mand\w+|textos)"),
    "ser contactado": (0.9, r"no (?:quiero|deseo|queremos|quisiera|acepto) (?:que me |volver a )?(?:ser|estar|seguir siendo|sean?) (?:contactad|molestad|llamad|notificad|incluid)\w+"),
    "no vuelvan": (0.9, rf"(?:no|nunca|jamas|ni) (?:se )?vuelv(?:a|an|as) a {_ESCRIBIR}"),
    "hartos": (0.8, rf"(?:hart[oa]s?|cansad[oa]s?|hasta (?:el|la|las) (?:copete|gorro|madre|coronilla|narices)|fastidi[oa]d?[oa]?|enfad[oa]d?[oa]?|aburrid[oa]s?)(?: \w+){{0,3}}? (?:{_MENSAJES}|ustedes|escrib\w+|llam\w+)|(?:me |ya )?(?:tienen|traen) (?:hart[oa]|hasta|cansad[oa]|podrid[oa])|que (?:fastidio|lata|molestos?|latosos?) (?:con|son|ustedes)|como (?:joden|molestan|friegan|chingan|insisten)"),
    "olvidense": (0.8, r"(?:olvid\w+(?:se|te)|olvide[ns]?|olvida) (?:ya )?(?:de )?(?:mi|nosotros|este numero|mi numero|que existo)(?=\W|$)|pierd\w+ mi (?:numero|contacto)|suelten (?:el|mi) (?:telefono|numero|cel\w*)|no pierdas? (?:su|tu|mas) tiempo|no (?:pierda|gaste)n? (?:su |mas )?tiempo|larg\w+(?:se|te) (?:de aqui)?|vaya(?:n)?se (?:al|a la|a) \w+|vete (?:al|a la|a) \w+|a volar"),
    "no hace falta": (0.85, r"no (?:es|hace|hay) (?:necesario|falta|necesidad)(?: de)? (?:que )?(?:me |nos |ya |mas )*(?:sig\w+|escrib\w+|mand\w+|llam\w+|contact\w+|envi\w+|text\w+)"),
    "ya me siguen": (0.4, r"(?:por ?que|xq|pq|para que|cuantas veces)(?: \w+){0,4} (?:sigue[ns]?|mandan?|escriben?|manda[ns]?|molesta[ns]?|decir\w*)"),
    "este es de trabajo": (0.55, r"(?:este|es) (?:\w+ ){0,3}?(?:telefono|numero|celular|cel) (?:es )?(?:de|del|para) (?:mi )?(?:trabajo|la oficina|la empresa|emergencias|la escuela|mi hij[oa]|la iglesia)"),
}  # fmt: skip

_ANOTHER_SENSE_WORDS: dict[str, str] = {
    "another channel": r"(?:call|phone|email|ring)(?: me)?(?: instead)?,? (?:please )?(?:and )?(?:dont|not|no|instead of) text\w*(?! me again| any)|i never check (?:it|my)|dont (?:call|phone|ring|email|leave voicemails?)\b(?! (?:or|and|nor) (?:text|messag))[^.]*\b(?:text|email|message)\b(?! (?:or|and|me again|again|any ?more|either))|(?:text|email|call|message|write)(?: (?:me|us))? (?:instead|only\b(?! (?:if|when))|is (?:fine|ok|better|best|easier))|(?:just|please|only|instead|rather|but you can|but) (?:text|email) me\b(?! (?:again|any ?more|one more|once))(?<!dont text me)|no me (?:escrib|mand|texte)\w+,? mejor (?:me |nos )?(?:marqu|llam|habl)\w*|no (?:me )?(?:llam\w+|marqu\w+),? (?:mejor |solo |mand\w+|escrib\w+|por (?:mensaje|texto))|mejor (?:por|mand\w+|escrib\w+|un|text\w+)|(?:solo|nomas) (?:por )?(?:mensajes?|textos?|text)\b",
    "asked whether": r"(?:would|will|do|can) you (?:really )?stop\b.{0,30}\bif i\b|what (?:happens|if) (?:if |when )?i (?:say|text|type|reply|wanted?)\b|just curious how",
    "asked why it ended": r"(?:why|how come|when|did) (?:did |have |has |are |do )?(?:you|yall|they|u|it)(?: guys| all)? (?:stop|quit|end)(?:ped)?\b(?! it)|you (?:guys )?(?:stopped|quit) (?:texting|sending|messaging|calling)",
    "told others": r"(?:told|asked|had to tell|made|got|tell|telling) (?:them|him|her|some other|another|the other|those|zillow|redfin|my \w+|that \w+|everyone else) (?:\w+ ){0,3}?(?:to )?(?:stop|quit|not to|remove)|(?:unsubscribed|opted out|blocked|took myself off) (?:from |of )?(?:the other|them|all the other|everyone else|zillow|redfin|those)",
    "by mistake": r"(?:by|on) (?:accident|mistake)|accidental\w*|didnt mean to|(?:hit|typed|sent|pressed) (?:that|it|stop) by|sin querer|por (?:error|accidente|equivocacion)|was my (?:kid|son|toddler|cat|daughter)",
    "go on": r"(?:dont|never|please dont) (?:ever )?(?:stop|quit|cancel|take (?:me|us) off|remove (?:me|us)|delete (?:me|us))|(?<!to )(?<!you )(?<!yall )(?<!dont )(?<!not )keep (?:sending|them coming|texting|the (?:texts|messages|listings) coming)|no (?:dejen?|pare[ns]?|me (?:quite|saque|borre)n?|me (?:quites|saques|borres)) de|sig(?:a|an|ue) (?:mandando|escribiendo|enviando)\w*(?! )",
    "others leave me": r"(?:they|he|she|neighbors|tenants|who|kids|renters) (?:\w+ ){0,6}leaves? (?:me|us) alone",
    "from others": r"(?:other|another|different) (?:company|companies|agents?|realtors?|investors?|people|guys|buyers)\b.{0,40}\b(?:text|call|messag|spam|contact|stop)\w*",
}  # fmt: skip


def _rules(families: dict[str, tuple[float, str]]) -> tuple[Rule[Intent], ...]:
    return tuple(Rule(Intent.OPT_OUT, weight, pattern(expression)) for weight, expression in families.values())


_NO_MORE_SIGNS = "[\U0001f6ab\U0001f6d1\U0001f4f5\U0001f515\u26d4\U0001f507]"
_SIGNS = Rule(
    Intent.OPT_OUT,
    0.85,
    loose(
        rf"{_NO_MORE_SIGNS}\W*(?:$|{_NO_MORE_SIGNS}|(?:no |stop )?(?:texts?|messages?|texting|messaging|stop|spam)\b)"
    ),
)
"""No entry, stop sign, no telephones and the like, alone or before what should end."""

OPT_OUT_RULES = (*_rules(ENGLISH), *_rules(SPANISH), _SIGNS)
"""Every family of wording, English first."""
ANOTHER_SENSE: tuple[re.Pattern[str], ...] = tuple(pattern(words) for words in _ANOTHER_SENSE_WORDS.values())
"""What makes the words of an opt-out mean something else: another channel, a question, what others were told."""
