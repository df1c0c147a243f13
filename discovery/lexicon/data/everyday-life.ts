/** More everyday wordings, for security, travel, transport, making, words, arts, games and home. */
export const everydayLife = `
+flights: travel*0.5, trip*0.3, vacation*0.25, traveling*0.4, travelling*0.4, plan travel*0.5
+hotels: travel*0.4, trip*0.3, vacation*0.3, traveling*0.3, travelling*0.3, plan travel*0.5
+itinerary: travel*0.5, trip*0.5, vacation*0.4, traveling*0.3, travelling*0.3, plan travel
+local-guide: travel*0.4, trip*0.3, vacation*0.25, tourist*0.5, tourists*0.5, book travel*0.6,
  plan travel*0.5, neighbourhood knowledge, know the city, knows the city, residents eat*0.6, insider,
  city tips
+travel: book it*0.7, please book*0.5, book me*0.7
+security: someone got in, keep strangers out, bad guys, keep attackers out, is our system safe, safe from,
  safe against, snooping, intruders in our system, protect our data
+vulnerability-scanning: known weaknesses, weaknesses in our, holes in our, old software with holes,
  what is open to, safe libraries, is this code safe, could someone inject, users type something malicious,
  known flaws
+penetration-testing: try to get in, pretend to be a hacker, attack us before, find a way in,
  try to break into, how far would a hacker, pretend to be an attacker, break our defences, attack our own
+incident-response-security: files are locked, all our files are, pay in bitcoin, demand bitcoin,
  someone was in our, traces of the attacker, what did they take, what did they steal,
  clean up after the attack, weird process at night, somebody has been inside
+threat-intelligence: who attacks companies like, groups behind, who's behind the attack,
  what are attackers up to, new attacks in our
+soc-monitoring: logged in from russia, logins at night, login at 3am, two countries within an hour,
  thousand security alerts, which alerts matter, watch our systems for attackers, strange traffic at night
+threat-modeling: where could an attacker, before we build think, how could someone abuse, who might attack,
  design safe from, abuse our new feature
+malware-analysis: what does this file do, strange program, strange exe, opened an attachment,
  take apart a program, infected file
+phishing-defense: email from my bank, mail from my bank, click this link, asks for my password,
  asked for my password, looks like from the boss, boss asks for gift cards, urgent transfer, strange email,
  strange mail, sender looks odd, fake message, text message from post, prize i never, won a prize,
  is this message real, staff click on, verify my account, account suspended, nephew*0.3
+secrets-management: password in the code, pushed a key, pushed the key, keys in plain,
  everyone knows the password, share passwords in the team, passwords on sticky, key on github
+identity-access: left the company still, ex-employee can still, former employee still, who can open which,
  give the new colleague access, still has access, who may see
+personal-security: same password everywhere, someone is in my account, hacked my instagram, lost my phone,
  protect my kids online, grandmother online safe, strangers contact my child, remember all passwords,
  reads my messages
+cloud-security: anyone on the internet can read, files public by mistake, publicly readable,
  left open to the world
+network-security: flooded with requests, flood of traffic, fake traffic, site attacked with traffic,
  who is on our network
+privacy-engineering: names in the logs, card numbers in, find social security numbers,
  sensitive things in our files
+security-compliance: big customer wants proof, proof we're secure, proof that we are secure,
  300 security questions
+physical-security: someone broke in, broke into the office, key doesn't, locked myself out, lost my keys,
  door lock, guards at night
+travel: time off*0.3, see the world, go somewhere, go somewhere warm, somewhere warm, week by the sea,
  by the sea, get away, days off in, escape the, visit*0.4, visiting*0.5, first time abroad, my first visit,
  pack my bags
+flights: get to new york, cheapest way to get to, fly home for, fly home, in the air,
  leave on friday and return, window seat, aisle seat, two tickets to, airborne, cheapest day to fly,
  across the atlantic, up in the air, get from here to, wings*0.3
+hotels: bed for the night, roof for, night in, nights in, three nights, two nights, stay with kids in,
  room with a view, near the beach with, sleeping place, where to spend the night, quiet room,
  somewhere quiet to stay, bed near the station
+itinerary: what should i see, see in two days, ten days in, a week in, five days in, two days in, one day in,
  only a day in, best order to see, plan our days, how many days in, first morning then, loop through,
  visit three countries, hours to spare in
+local-guide: not touristy, avoid tourists, where do locals, what's good around, around here, nearby*0.5,
  what to see in, off-season, fun in the evening, what to know before visiting, how much to tip,
  behave abroad, insult locals, what's worth seeing, open on sunday, rainy day in, where the locals
+visa-travel: do i need papers, passport expires, can i enter, papers to enter, allowed into, entry stamp,
  cross the border, swiss passport, my passport
+travel-safety: is it safe to go, safe to walk, walk at night in, drink the water, vaccines for,
  shots before trip, dangerous areas, getting sick abroad
+travel-disruption: plane was late, plane is late, flight was late, my plane, missed my plane, miss my plane,
  won't make my connection, spend the night at the airport, sitting at the airport, bag is lost,
  bags didn't arrive, pay me for the delay, airline lost, airline owes
+ground-transport: get from the airport, without a car, without flying, on rails, last train, by rail,
  by train, by bus, change trains, ride to the station, from airport to city, cross the channel,
  overnight train, ride into town, drive from
+packing: what clothes to bring, fit in my bag, fit in a suitcase, clothes for ten days, forget to bring,
  too heavy bag
+outdoor-recreation: walk in the mountains, nights in a tent, sleep under the stars, long walk, walks*0.5,
  walk with views, up the mountain, in the woods, paddle, fresh snow, river trip, hut to hut, boots*0.5,
  day in nature
+hospitality: guests complain, rooms empty in, empty rooms, fill our rooms, guests check,
  breakfast for guests, small hotel owner, our guests
+aviation: fly the plane, learn to fly, clear for take, flying weather, small plane
+drones: fly a camera, fly over my field, pictures from above, film from above, look at the roof from above
+maritime: at sea, our ship, ship arrives, crossing the ocean, boat trip safe, wind and waves,
  when can we sail, in the harbour, draught
+logistics: get goods to, goods*0.6, move goods, send a container, send goods, ship to brazil, send to france,
  transport ten tons, tons*0.5, tonnes*0.5, boxes to, crates*0.6, our trucks, goods arrive, get it there,
  carry goods, haul, overseas shipment
+route-planning: forty stops, twenty addresses, which order to drive, drive the least, less fuel driving,
  visit all customers, addresses in a day, drivers crisscross, who drives where, save fuel, courier riders,
  riders*0.5, bikes deliver, kilometres driven, doorsteps, doorstep*0.5, drop-offs, round of deliveries,
  van visits
+fleet-management: our vans, company vehicles, drivers brake hard, trucks use too much, which truck,
  fuel cards, trucks on the road
+warehousing: find things on shelves, walk too far, where to put which, boxes stacked, shelves in the hall,
  workers walk, fetch items, things in the depot, depot*0.6, fast-moving items
+customs-trade: stuck at customs, paperwork for export, send abroad, sell to america, bring goods into,
  goods at the border, held at the border, duties on, pay on imports, code for my product,
  papers for shipping abroad, import from china
+tracking-shipments: where is my package, where's my package, parcel lost, still not here, hasn't arrived,
  supposed to arrive, where is my order now, where are our containers, kept cold, stay cold, arrived warm
+supply-chain-planning: parts didn't come, waiting for parts, one supplier only, supplier went bankrupt,
  parts from asia, chips missing, line stands still because, enough parts, missing parts
+moving-house: new flat move, move my piano, boxes and furniture, moving to another city,
  tell everyone my new address, pack the kitchen
+automotive: makes a noise, noise when i brake, when i brake, squeals, car won't, orange light, warning light,
  light on the dashboard, engine light, car shakes, smoke from the, smells of petrol, my old car,
  what is my car worth, worth repairing, mechanic says, mechanic quoted, garage wants, under the bonnet,
  pulls to the left, jerks, stalls*0.5, knocking sound, second hand car
+electric-vehicles: plug in my car, charge on the way, how far on one charge, charge overnight,
  where can i charge
+traffic-transport: cars in my street, buses late, stuck in traffic, where to park, bike path,
  street dangerous for
+manufacturing: make a thousand pieces, make a thousand, machine settings, our machine, parts per hour,
  produce parts, the line stops, line stops, production stops, made of metal, workshop floor, small batch of,
  thousand units, unit cost
+predictive-maintenance: machine sounds different, before it fails, before machine breaks, machine stops,
  hums differently, strange vibration, when will it fail, how long will it last, pump fails, elevator fails,
  replace before, engine about to, wears out, unplanned stop, unexpected stop
+industrial-control: keep the temperature constant, temperature in the tank, tank level, machines talk,
  valve opens, control panel, conveyor stops
+robotics: machine that moves, mechanical arm, picks up objects, pick up objects, drops the object,
  pick up cups, picks things, fold laundry machine, our arm, moves by itself, machine hand
+robot-navigation: finds its way, find its way, drive around people, around obstacles, drives into walls,
  crashes into walls, gets stuck in corners, knows where it is, wheeled machine, without hitting,
  without bumping, lawn mower drives
+robot-control: shakes when moving, wobbly, wobble, arm shakes, jitters, jitter*0.6, keeps balance,
  falls over, overshoots, smooth motion, smooth movement, walk without falling, vibrates when it
+robot-learning: show it how, learns by watching, learn by trying, practice in simulation,
  show the machine once, learn to walk, imitate*0.6
+robot-perception: see what's in front, camera on the robot, find the cup, locate the object, which way up,
  how far away is
+energy: power bill, lights went out, power went out, windmill, cheaper power, how much electricity will,
  electricity tomorrow, keep the lights on, current from the sun, electricity price tomorrow
+solar-home: panels on my roof, sun on my roof, sun power, own electricity, produce my own power
+agriculture: my field, my fields, on my farm, rain for crops, when to sow, sow*0.5, what to plant,
  plant this year, water my fields, leaves on my, animals on the farm, poor soil, tonnes per hectare,
  how much to water, dry season, plough
+crop-disease: leaves are brown, brown leaves, spots on my tomatoes, spots on the leaves, my wheat looks,
  holes in leaves, something eats my, bugs eat my plants, plants wither, white powder on leaves,
  vines look sick
+livestock: my cows, cow limps, cows give less, less milk, my hens, my chickens, goats won't, calf, sick calf,
  feed for my animals, animals per hectare
+forestry: which trees to cut, cut trees, trees dying, bark*0.4, beetles in trees
+food-industry: sell my jam, is my kitchen clean enough, jam label, label for food, what must be on the label,
  keeps for how long, best before date
+mining: dig up, digging for, metal in the ground, how much ore
+telecoms: no bars, one bar, calls drop, call drops, internet at home slow, phone contract, change provider,
  keep my number, signal in my house, dead zone, new phone tower, hear the other person, text doesn't arrive
+construction: build a house, building a house, my new house, build an extension, how much concrete,
  tear down, workers on site, who comes when, plumber before, materials for, cost to build, cost of building,
  delays on site, bricks for, build a garage, foundation cracks, add a floor
+architecture-buildings: draw my house, plan of my house, rooms arranged, where to put the stairs,
  how would the house look, let in more light
+real-estate: find a flat, find an apartment, looking for a place to live, place to live, new place to live,
  three bedrooms, good area to live, sell our house, what's my house worth, house is worth, house for sale,
  quiet street, place to rent, near good schools, view apartments, buying our first, somewhere to live
+property-management: tenants complain, tenants pay late, my rental flat, heating in the building,
  lift is broken, fix things for tenants, stairwell, rent out my, block of flats
+safety: workers get hurt, fell off, dangerous work, someone could get hurt, get injured, is it dangerous,
  before someone gets hurt, gas smell, child could reach, fire exits
+writing: write something, put it on paper, writing a book, write about my, my text, need a text, words fail
+editing: mistakes in my, check my english, check my spelling, english isn't my first, not my first language,
  sounds clumsy, clumsy, clunky, my text is too long, half as long, cut it down, read through my text,
  fix my writing, find mistakes, make it sound better, make my writing, read it once more, before i send,
  not sound stupid, tidy my sentences, too many words, repetition*0.4, repetitive sentences, radicals*0.1
+summarization: don't have time to read, hundred-page, eighty pages, two hundred pages, read it for me,
  what's in this report, say in short, five sentences, five bullet points, three sentences,
  most important points, most important things, what matters in, catch me up, catch up on, long thread,
  short overview, get the idea, one paragraph, gist of
+creative-writing: my hero, hero*0.5, dragon*0.5, dragons*0.5, made-up world, imaginary world, invent a story,
  story for my, ending of my story, stuck in chapter, story about, my main character, wizard, detective story,
  kill off, twist*0.5, readers get bored
+poetry: words for a card, lines that rhyme, rhymes for, fourteen lines, for her birthday lines, verses for
+screenwriting: two people talk on screen, script for a video, lines for actors, short movie idea, scene with
+speechwriting: say a few words, few words at, talk at my sister's wedding, words for the funeral,
  in front of guests, my daughter's wedding, raise a glass, words at the party, words for my father, best man,
  thank everyone
+technical-writing: explain how to use, how to use our product, how our product works,
  users don't understand how, booklet*0.5, write down the steps, steps with pictures, nobody reads the manual,
  guide for users, guide for new users, explain the machine, write instructions, undocumented
+ghostwriting: my life, tell my story, grandmother's stories, book about my life, write in my name,
  story of my life, write down memories, memories*0.4
+publishing: book finished, get my book, book printed, where to sell my book, my manuscript, find a publisher,
  get published, book on amazon, cover for my book
+literature: something good to read, good book, next book, what should i read, author of, who wrote,
  novel for my holiday, book for my, poem means, read with my book club, themes of
+letters: write to my landlord, write to the city, letter to my, kind words, words of comfort, say sorry,
  say thank you, thank someone, card for a, sorry for your loss, invite people, ask politely, quit letter,
  write to my grandmother, tell them politely
+journalism: cover the story, write about the council, sources for a story, what happened this week,
  in the papers, papers write, morning news, what's going on in the world, report from, story nobody covers,
  protect a source, headlines of
+style-rewriting: sound less angry, less angry, sound friendly, sound friendlier, sound nicer, too stiff,
  too formal, too casual, so a child understands, understandable for, so everyone understands,
  so my grandma understands, less complicated, complicated text, make it understandable, in normal words,
  words everyone understands, less robotic, sound less, dry text, offensive*0.4, ten-year-old
+translation: in japanese, in french, in german, in spanish, in italian, in english, in chinese, in arabic,
  in russian, in turkish, in portuguese, in polish, in korean, in hindi, in swahili, to english, to german,
  to spanish, don't understand the language, letter in, menu in, from abroad in, grandmother only speaks,
  only speaks, speaks no english, say this in, how do you say, foreign customers, my polish neighbour,
  other language, korean*0.3, japanese*0.3, both languages, written in, two languages, language i don't
+localization: game for japan, app for germany, release in brazil, launch in japan,
  text doesn't fit the button, german words too long, other countries version, our app abroad, prices dates,
  jokes don't work
+interpreting: talk with a doctor abroad, call with partners in, call with chinese, understand each other,
  live during the meeting, in real time between, guests from, speaks while
+subtitling: text under the video, words on screen, lines at the bottom, read along, for deaf viewers,
  watch without sound, foreign film understand
+language-learning: speak spanish, speak french, speak german, speak italian, speak better, learning french,
  learning german, before i move to, words stick, talk with my girlfriend's parents, order food in, say the r,
  sound native, corrects my, practise my english, practice my english, polite forms, greet people in,
  new words every day, chat in french, chat in spanish, roll my r
+transcription: written version of, what was said in, recorded talk, tape*0.5, tapes*0.6, old tapes, type up,
  typed up, write down what, words from recording, hour of tape, who said which, listen to hours,
  recording of a talk, from voice to text, spoken into text, hours of talk, hours of interviews
+audio-video: sound and picture, file won't play, convert the video, video file too big, shrink a video,
  play on my tv, picture and sound, out of sync
+video-editing: make a film of our, hours of film, two minute film, holiday film, put clips together,
  cut out the boring, boring parts, best moments, from my phone film, music under, short film of,
  thirty seconds, film for our website, put together footage, cut it together, filmed*0.5
+audio-engineering: hear the traffic, can't hear the voice, voice sounds, sounds hollow,
  noise in the recording, wind in the, fan in the background, one voice louder, different volumes, volume*0.4,
  volumes*0.5, too quiet, louder*0.6, make it sound good, sounds like a bathroom, hissing, humming in,
  dog barking in recording, sounds tinny, old cassette, cassette, live recording of our band
+podcasting: talk show of my own, two friends talking, weekly talk, record a conversation, ums, remove ums,
  guests on my show, upload my show
+voice-acting: read my text aloud, read it aloud, reads articles, read me the, listen to instead of read,
  warm voice, voice for my, voice for our, spoken aloud, someone to read, listen to it in the car
+animation: moving pictures, cartoon of, drawings move, make the logo move, characters move, bouncing*0.4
+film: something to watch, what should we watch, watch tonight, evening with a movie, series for tonight,
  shoot a film, who plays in, actor in, which film, scenes in one day, film with that actor
+photography: take better pictures, take pictures of, take photos of, my pictures are dark, pictures too dark,
  which lens, pictures of my children, pictures at night, wedding pictures, sharp pictures, pictures come out
+photo-editing: remove the stranger, person in the background, stranger from my holiday, old picture torn,
  picture of my grandparents, yellowed*0.6, faded*0.5, torn*0.5, picture sharper, brighter*0.4,
  too dark picture, fix my picture, white background, cut out the product, take someone out of, wrinkles*0.5,
  black-and-white into colour, grandparents' wedding picture, crease
+design: look nicer, looks cheap, look professional, looks outdated, look modern, make it pretty,
  make it look good, which colours, colours go together, nice looking
+graphic-design: sign for our, symbol for, print on t-shirts, picture for our poster, something for the wall,
  hand out, look of the menu, print it, emblem for, drawing for our logo, cards with my name, printed*0.4
+ux-design: people don't find, can't find how to, don't know where to click, where to click, stop halfway,
  give up halfway, quit halfway, nobody finishes, too complicated to use, easy to use, easier to use,
  old people can use, watch people use, people click wrong, before we build it show, clickable,
  clickable sketch, draw the screens, confused by our app, users confused, form too long, fumbling
+illustration: draw my, draw a, drawn*0.5, picture for a children's book, pictures for my book, draw me as,
  a picture of my dog, sketch of
+image-generation: make me a picture, picture of a cat on, picture of a dragon, imagine a picture,
  picture that doesn't exist, from a sentence picture
+interior-design: my living room, what colour wall, small room bigger, look bigger, where to put the sofa,
  place the bed, small flat arrange, arrange furniture, cosy room, redo my, kitchen looks old, walls white,
  new flat empty
+fashion: what do i wear, what should i wear, wear to, nothing to wear, goes with my, dress for, look good in,
  clothes that fit, clothes for work, my size, shirt*0.5, trousers, party wear, suits my body
+beauty: my hair, dry hair, dry skin, cut my hair, look younger, spots before party, which cream
+product-design: feels good in hand, design a chair, design a lamp, gadget idea, comfortable handle,
  prototype of my idea
+arts: paint*0.3, hang on my wall, who painted, painter of, artist behind, what is this painting, statue,
  old painting, value of a painting, learn to paint
+performing-arts: school play, learn lines, stage fright, dance steps, on stage, first dance, put on a show,
  learn to dance, role for
+crafts: make with my hands, make something from wool, wool*0.6, needles*0.6, something to make with kids,
  build a table, build a chair from, wood*0.5, make gifts, cut and glue, scarf, sweater, fold paper
+humor: make me laugh, something funny, funny for a card, lighten up, tease
+culture: what not to do in, impolite, considered rude, polite in japan, offend anyone, shake hands,
  business partners in china, gifts for hosts, holidays in other cultures, shoes off
+religion: holy*0.6, pray for, holy book, what does the bible, words for baptism, baptism*0.6, fasting*0.5,
  sunday service, god says, what do muslims, what do jews
+music: play at the party, hum*0.4, hummed, sang, my band, played at, our band, sound of the sixties
+music-composition: music for my film, music under my, tune for our ad, tune for my, write me a song,
  song for my, song for her, words for a song, song about my, lullaby, sad piano piece, piece for,
  four voices, set my poem to, background track
+music-theory: which chords, chords of this song, higher key, too high to sing, too low to sing, lower key,
  notes of, play from ear, read notes, write the notes down, by ear, tablature, what notes, song into notes
+music-lessons: play the guitar, play the piano, learn the guitar, learn the piano, learn an instrument,
  my fingers hurt, practise every day, first song on, can't keep the beat, sing better, sing in tune,
  my child plays, repertoire*0.6
+music-discovery: what's that song, song goes, song that goes, something to listen to, more like this band,
  bands like, music for a dinner, music while i work, songs for a party, songs for my run,
  only remember a line, tune in my head
+music-production: record my song, sound like the radio, my own songs at home, make beats,
  voice too quiet in song, take the voice out
+games: something to play, play with friends, play with my kids, what to play, evening with friends game,
  fun for six people, four players
+game-development: make my own game, make a game, character falls through, jumps through,
  falls through the floor, enemies don't, my game stutters, player jumps, my game runs, multiplayer lags,
  stutters*0.5
+game-design: game is boring, my game is boring, game too easy, game too hard, level too hard,
  rules for my game, players quit, players stop playing, invent a game, fun to play, weapons too strong,
  fair for both players
+tabletop-games: adventure for my friends, adventure for my group, goblins, tavern, heroes meet,
  group of heroes, friends around a table, rules of, dungeon, roll*0.2, roleplay night, evening campaign
+chess: my queen, lose my queen, lost with white, white pieces, black pieces, knight move, mate in two,
  my last game where, pawn, pawns, castling
+puzzles-trivia: questions for a pub, questions for my party, party questions, guess who, brain exercise,
  hide clues, clues*0.5, word with five letters, quiz night
+virtual-reality: put on the glasses, walk through my house virtually, walk around inside,
  see furniture in my room
+home-repair: water drips, water drops, water from ceiling, ceiling stain, water on the floor,
  water under the sink, won't flush, won't close, door won't close, door squeaks, squeaks*0.5, light flickers,
  no power in the kitchen, socket*0.6, plug*0.3, hole in wall, hang a picture, hang a heavy, heavy mirror,
  put up a shelf, crack in wall, mouldy*0.7, peeling, won't drain, drains slowly, blocked*0.4, hot water gone,
  no hot water, tap drips, fix it myself, which screw, broken tile, creaks, creaking floor,
  noise in the pipes, loose*0.3, broken window
+smart-home: lights come on, lights on when, lights off when, turn down the heating, heating down when,
  warm when i come home, when i come home, house empty, when everyone leaves, everyone has left, by voice,
  blinds open, open the blinds, blinds at sunrise, at sunset, before i wake up, coffee machine start,
  coffee machine, tell me if the washing machine, nobody home lights, switch off everything, hallway light,
  porch light, my lamps, bulbs*0.6, dishwasher when power is cheap, at dusk, motion in the garden,
  sensors in every room, leave the house
+home-energy: heating costs too much, use less power, what eats electricity, which device uses,
  cold in winter, bill doubled, gas is expensive, insulate, windows let in cold
+cleaning: red wine on, get rid of the smell, smells bad, smells in, too much stuff, mess in my flat,
  get stains out, coffee on my shirt, burnt pan, clean oven, dirty windows, throw things away
+pest-control: mice in, ants in, ants in my kitchen, bugs in my bed, something scratching in, moths in,
  get rid of ants, get rid of mice, wasps in
+gardening: my roses, my tomatoes, my lawn, brown grass, yellow lawn, plant in shade, grows in shade,
  what grows, in my garden, snails, cut back, cut my hedge, when do i plant, bloom, blooms, blossom, shady,
  on my balcony, bees like, weeds everywhere, spring flowers, windowsill
+plants-care: leaves fall off, leaves drop, leaves hang, my orchid, how often to water, kill every plant,
  what plant is this, office plant, leaves go yellow, plant that survives
+parenting: my toddler, two-year-old, three-year-old, four-year-old, five-year-old, won't go to bed,
  won't sleep alone, screams*0.5, throws himself, son hits, daughter lies, child lies, kids fight,
  my kids fight, too much tablet, phone for my child, first day of school, afraid of the dark,
  entertain the kids, keep kids busy, teenager won't talk, six-month-old, wet the bed, won't share
+relationships: my girlfriend, my boyfriend, partner doesn't, we fight, fight with my husband,
  fight with my wife, meet someone, find love, love someone, first message on, say i love, broke up with,
  left me, best friend stopped, make new friends, trust him again, married for, husband never, wife never,
  romantic evening
+daily-planning: my day, my week, too many things, don't get anything done, get nothing done,
  forget everything, forgot birthday, remember birthdays, remind me, what first, plan tomorrow,
  order my tasks, household and job, organize my week, life is chaos, organise my day, juggle work and kids
+funeral: died last week, my father died arrange, arrange the burial, say goodbye to, ashes,
  words on the stone
+education: in my class, my pupils, my students, at school, school subject, teach children, thirty children,
  lesson on, classes for adults
+tutoring: my son doesn't get, daughter doesn't get, doesn't get fractions, doesn't get it,
  explain it to my son, explain it to my daughter, explain it again, don't understand in class,
  help with homework, stuck on homework, stuck on exercise, exercise 4, bad grades, bad at maths,
  afraid of maths, failed math, failed the test, without telling the answer, walk me through, twelve-year-old,
  fourteen-year-old, fifteen-year-old, nine-year-old, sophomore*0.6, fifth grader, explain slowly,
  simple example, explain to a child
+exam-prep: test on friday, test next week, exam next week, exam in two weeks, learn by heart,
  remember all the, remember the dates, ask me questions, test me on, memorise words, words for tomorrow,
  last minute studying, how to study, driving test, cards for studying, weeks until the exam,
  keep forgetting what i learned, quiz my, questions about what i read
+curriculum: what to teach, plan my lessons, next week's lessons, forty-five minutes, exercise sheet,
  exercises for my, activities for my, make history fun, lesson about, teach ten-year-olds, whole school year,
  course from scratch, course about, build a course, practice problems for class, materials for teaching
+grading: thirty exams, ninety essays, pile of homework, correct their, correct essays, correcting*0.6,
  mark tests, fair marks, points for each, comments on student, did they copy, copied from the internet,
  written by ai, good wrong answers, questions for a test, make a test for
+admissions: which school should, get into, get into university, get into medical, apply to university,
  apply abroad, study in germany, study in america, money for studying, pay for college, essay about myself,
  chances of getting in, write about why i want
+special-education: child reads slowly, letters swap, letters jump, can't sit still, autistic son,
  autistic daughter, too loud for him, child needs more time, reading difficulties,
  cannot concentrate in class
+early-childhood: learn letters, count to ten, four-year-olds, read to my child, learn colours,
  get ready for school
+stem-education: kids learn programming, my daughter wants to program, daughter wants to code,
  kid wants to code, first program, learn to make apps, experiment with kids, volcano for school
+accessibility: my blind, blind friend, blind customers, can't see well, sees badly, hears badly,
  can't use a mouse, one hand, what's in the picture for, stairs*0.4, steps at the entrance, wheelchair into,
  only sound, tremor, shaky hands, bigger letters, without hands, low-vision, reads lips, can't read small
+food: something to eat, eat tonight, good food, food for twenty, hungry guests
+cooking: what can i cook, cook tonight, cook for, cook something, make from leftovers, make for dinner,
  use up, half a cabbage, only have eggs, eggs and, three eggs, chickpeas, how long in the oven,
  sauce too thin, burned the, rescue my, instead of cream, instead of butter, without oven, without eggs,
  no eggs, feed six, guests tonight, dinner for, fifteen minutes dinner, spicy, out of cream, tender meat,
  meat*0.5, dry chicken, thicken, crispy, freezer, pantry, boring dinners, cupboard*0.4, zucchini, aubergine,
  carrots, mushrooms*0.4
+baking: didn't rise, doesn't rise, bread is flat, bread flat, cake collapsed, cake sank, cake fell,
  birthday cake for, cookies for, crumb, crust, soggy, sticky dough, sunken, fluffy, hard as a rock
+meal-planning: what to cook this week, dinners this week, eat this week, cook once, shopping for the week,
  family of four food, cheap food for, thirty euros a week, plan my meals, what to buy for dinners,
  kids eat too, eat healthy all week, lunches
+restaurants: eat tonight in, table at eight, table for, good pizza, somewhere nice to eat, somewhere to eat,
  eat near, eat with kids, place with a terrace, anniversary dinner, tables stay empty, romantic place,
  my restaurant, dishes don't sell
+drinks: goes with fish, goes with steak, bottle for, bottle of red, bottle of, glass of, drink for a party,
  without alcohol, grind*0.4, beans*0.3, tastes bitter, my beer, wine for dinner
+food-preservation: still good, still eat, left out overnight, went off, keep longer, too many plums,
  too many apples, apples from my tree, jars*0.6, smells funny meat, freeze*0.4, expired yesterday
+sport: team plays, who plays, play on saturday, my team, kick*0.4, ball*0.5, court*0.1, pitch*0.2, goal*0.2
+sports-coaching: run longer, swim faster, swim better, faster times, hit the ball, my backhand, backhand,
  my serve, coach ten-year-olds, train my team, my under, drills for, run under four hours, under 50 minutes,
  out of breath after, first triathlon, get faster, freestyle*0.5
+sports-analytics: which player, who to pick for my team, how good is a player, why did we lose the match,
  why we lose, chances of winning, numbers of players, beat the league, passes per
+sports-news: who won last night, won yesterday, what was the score, when do they play, play next, game on tv
+animals: my animal, four-legged, fur, feathers
+pet-care: dog pulls, dog barks, dog bites, cat pees, my puppy, puppy bites, new dog, new cat, teach my dog,
  dog alone, leave my dog, which dog, dog for a family, who looks after my cat, feed my cat, walk my dog,
  someone to walk, cat while i'm away, dog afraid, fireworks dog, aggressive dog, fish die, water in my tank
+collecting: found in the attic, in grandma's attic, attic find, old coin, is it valuable, valuable*0.5,
  worth something, rare*0.3, real or fake stamp, comic from
+personal-development: better person, change my life, more confident, get motivated, stick to,
  keep promises to myself, be braver, put things off, putting things off, stop scrolling,
  make better decisions, what do i want, get up early, new habit, bad habit, get out of a rut, feel stuck
+consumer-electronics: new headphones, which tv, phone battery empty, battery lasts, broken screen,
  phone fell, fell in water, build my own pc, parts for a computer
+units-conversion: how many grams, cups in, in celsius, in pounds, in kilos, how many miles, feet in metres,
  in dollars
+nlp: hidden topics, themes across
`;
