/**
 * How people who lack the professional word describe the same need. `+name` adds to a concept of another
 * file. Two-word terms also match when other words stand between, in either order.
 */
export const everyday = `
+code-review: look over my changes, colleague's changes, before it goes in, approve it,
  second opinion on code, someone check my code, spot mistakes in code, feedback on my commit
+code-quality: messy code, code mess, hard to read code, thousand line function, clean this up*0.4,
  copy pasted everywhere, nobody dares touch, hard to change, grown over years*0.5, readable code,
  afraid to touch
+debugging: suddenly stops, fails randomly, only sometimes, works locally, can't figure out why, wrong output,
  returns nothing, weird behaviour, weird behavior, error appears, red error, keeps failing, goes wrong*0.4,
  stopped responding, quits by itself, shuts down by itself, unexpected result, which line, culprit*0.7,
  intermittent failure, find the cause, what broke, broke after update, since the update
+performance: too slow, takes ages, takes hours to run, eats memory, memory keeps growing, grinds to a halt,
  spinning wheel, unbearably slow, snappier, response slow, gets slower, slows down, halve the runtime,
  using too much ram, ram*0.7, cpu*0.7, hundred percent cpu, pages load slowly, seconds to load
+programming-languages: translate code, convert code, from python to, port to rust, rewrite in go,
  learn rust syntax, idiomatic
+legacy-systems: retired colleague, old program, older than me, nobody left who, punched cards,
  banking system from, wrote it decades, original authors gone, runs since, ancient*0.5, old machine room,
  sixties*0.3, seventies*0.3, eighties*0.4
+mobile: app on my phone, phone users, store rejected, android users, our app, app opens, app closes, tap*0.4,
  taps*0.4, thumb*0.3, samsung*0.6, older handsets, notifications don't arrive
+frontend: menu overlaps, overlaps*0.5, text overlaps, page jumps, page looks, looks wrong in, flickers,
  button does nothing, scrolls*0.5, scroll*0.5, misaligned, off screen, small screens, form on our site,
  webform
+web-dev: put online, business online, my own site, simple site, visitors to my site, visitors*0.4,
  homepage for, online portfolio, page for my
+backend: two services, services talk, order placed twice, processed twice, accept thousands of requests,
  our server, same request twice, handle retries, double charge, double click*0.4, login service,
  server returns
+api-design: connect our systems, outside developers, partners integrate, let others use our data,
  old clients keep working, programmatic access, talk to our system
+auth: forgot who i am, log in with google, stay logged in, different rights, only managers may see,
  users locked out, logging in, sign up*0.5
+databases: where to store, store customer data, store records, how to structure the tables,
  link orders to customers, tables linked, store millions
+query-tuning: report takes forever, search takes minutes, lookup slow, fetching slow, millions of rows,
  seconds per query, dashboard takes
+sql-writing: customers who bought, how many orders per, list everyone who, get numbers out of, ask our data,
  top ten customers, count per month
+db-migration: without downtime, change the structure, change a table, new column, move the data to,
  while users keep working, swap databases, switch databases, add a field, live table
+db-operations: deleted everything, wiped by accident, by mistake deleted, dropped by accident,
  get yesterday's data back, bring back the data, overwritten*0.6, undo delete, restore yesterday,
  copy of the data, lost all rows, server died, disk died
+devops: get it live, push to servers, put it live, servers set up, same setup everywhere,
  new machines set up, move to the cloud, ship faster
+ci-cd: every push, checks on every push, automatic checks, tests run automatically, red cross on commit,
  build takes, merge breaks, build went red, wait for the build, green again
+cloud-costs: amazon bill, monthly hosting, paying too much for servers, servers idle at night, bill exploded,
  hosting costs, bill from google cloud, cut hosting
+observability: know before customers, see what's happening inside, tell me when it breaks, woken up,
  wakes me up, alarms at night, too many alarms, false alarms, where time is spent, watch our servers,
  notified when
+incident-response-ops: everything is broken, all users affected, servers on fire, site unreachable,
  checkout is down, nobody can log in, customers can't pay, who to call first, get back up,
  what happened afterwards, learn from outage
+networking: devices can't connect, slow internet, office internet, can't reach the server, connection drops,
  two offices connect, remote office
+cluster-ops: jobs waiting, jobs stuck, machines busy, machines idle, gpus idle, cards idle, h100, h100s,
  a100, accelerators*0.6, who hogs, hogging, waiting in line for gpus, spread work over machines,
  machine died, nodes die, failing node, dead node, hundred machines, rack of, training job stuck,
  spare capacity, drain a machine, hundreds of servers, pack jobs, machine room, node went
+testing: make sure it works, check it works, break my app, break it before users, find bugs before,
  before release, nothing else broke, did i break, keeps working after change, sometimes green, sometimes red,
  fails sometimes, click every button, try everything, weird inputs, behaves as expected
+load-testing: everyone at once, all at the same time, thousands at once, ticket sale opens, survive the rush,
  will it hold, how many people at once, rush of visitors, go viral, crash under
+embedded: tiny chip, little board, board with sensors, led blinks, battery powered device, blinking lights,
  gadget prototype, chip*0.5
+automation: every time by hand, do it for me every, save me from doing, happens automatically,
  automatically*0.5, without me doing, same thing every day, stop doing it by hand, by itself every,
  robot do it, paste into, retype, retyping, fill the same form, copy between
+web-scraping: collect from websites, all listings from, grab every, pull from pages, hundreds of pages,
  copy from website, collect addresses from, monitor a page, watch a page, page changes,
  tell me when page changes
+architecture-software: grow to a million users, how should i structure, big picture of the system,
  too big to understand, split it up, which technology, right technology, one big program, design for growth,
  tangled system
+dependency-management: outdated stuff, old versions of libraries, newest version breaks, safe to upgrade,
  upgrade breaks, out of date libraries, stuck on old version, third-party code
+ai-agents: agents work together, several agents, agents talk, coordinate agents, give agent tools
+data-analysis: what do the numbers say, numbers tell, make sense of numbers, why sales dropped,
  where do customers drop, which customers leave, people stop coming, who comes back, how many come back,
  best selling, which day, busiest*0.6, numbers went down, numbers went up, figures fell, explain the drop,
  what drives, break down by, buy again, cancelled subscription, patterns in our, hidden in the numbers,
  understand our customers, average customer, most popular*0.4
+ab-testing: two versions, which version, which one performs, half of visitors, half the visitors,
  half of our users, click more, clicked more, one group saw, version wins, try both, new button,
  new homepage better, call a winner, enough visitors, old versus new, random half, was it luck, just luck,
  chance result
+statistics: how sure, how certain, just coincidence, happens by chance, small sample, enough data,
  average of, how likely, likelihood*0.7, chances of*0.5, difference between groups, related to each other,
  does x affect, believe the result, trust the result, significant difference, error bars, reviewer asked test
+causal-inference: did it work, did it help, because of us, because of our, made a difference,
  make a difference, actually caused, caused by, because of the, or would it have, effect of the,
  whether the change, after we introduced, after the law, before and after, paid off*0.4, deserve the credit,
  takes credit, credit for the increase, raised the minimum wage, anyway*0.4, would have been without,
  policy worked, program worked, to blame
+forecasting: how many next month, how much next month, next year's sales, next week's demand, how busy,
  plan ahead how many, will we need, expect next, christmas season demand, busy season, coming months,
  how many will come, look into the future, future sales, guess next month, order for next, staff for next
+anomaly-detection: something looks off, out of line, stands out, differs from usual, unusual readings,
  weird readings, suddenly jumped, spot oddities, catch weird, not normal, strange jump
+data-visualization: show it in a picture, make it visual, draw the numbers, picture of data,
  nobody understands the table, easier to see, colourful overview, figure that shows, boss understands,
  numbers into picture, wall of numbers, one screen overview
+business-intelligence: every monday report, numbers for the board, same report every week, one number for,
  managers want numbers, different departments different numbers, numbers on one screen
+data-engineering: data from many sources, ten different systems, bring together data, move data nightly,
  every night copy, data arrives late, numbers missing in the morning, feed broke, events per second,
  huge files, terabytes, firehose, all our data together, sensor readings stream, overnight run failed,
  load failed overnight
+data-quality: same customer twice, entered twice, listed twice, spelled differently, spelled three ways,
  misspelled names, empty fields, blank fields, wrong postcodes, half filled, inconsistent formats,
  different formats, clean the list, address list, mess of a spreadsheet, mixed up columns,
  names in wrong column, can't trust the data, bob and robert
+synthetic-data: share data without revealing, without exposing real, hide names, black out names,
  replace real names, realistic but fake, no real people, remove identities
+machine-learning: teach a computer, learn from examples, learns from examples, recognise patterns,
  teach it to recognize, predict which, guess which, thousand examples, from past examples,
  smart enough to tell, learn from past, tell apart automatically
+mlops: put the model live, predictions slow, answers per second, model got worse, model costs, gpu bill,
  serve it cheaply, shrink the model, run model on a laptop, run on a phone, retrain every,
  keep the model fresh, 70b, 7b, parameters*0.4, batching, kv, tokens*0.5, model too big, too big for memory,
  fits in memory, model versions
+llm: makes up facts, invents answers, answers wrong confidently, ask our own documents,
  better instructions for ai, ai answers, chat with my documents, wording for ai, teach the chatbot our style
+model-evaluation: which model is best, how good is the model, measure the model, score the answers,
  compare two models, fail on which cases, test the ai, judge the outputs
+ai-safety: unfair to women, unfair to groups, treats people unfairly, treated fairly, rejects more women,
  why it rejected, explain the decision of, trust the ai, tricked into saying, trick the chatbot, rogue ai,
  harmful answers
+computer-vision: recognise in photos, recognize in photos, spot in photos, count in a photo, camera sees,
  cameras see, cameras count, detect from camera, tell from a picture, identify from photo,
  scratches on parts, spot defects, look at pictures and, read plates, count cars, count people, find faces,
  pixels*0.5, drone pictures count
+nlp: sort comments, read thousands of comments, what are people saying, happy or angry, group similar texts,
  pull names from text, extract names, mentions of, opinions in texts
+speech-ai: talk to my computer, computer understands speech, voice commands, talk instead of typing,
  spoken commands, computer reads aloud, understand what i say
+recommender-systems: you might also like, what to show next, suggest similar, similar customers bought,
  right product to right, what else would they like, people like you
+optimization: best arrangement, cut waste from, fit as many, fit everything into, most out of, least cost,
  cheapest way to, best way to divide, fairly divide, assign people to, who goes where,
  use as little as possible, as few as possible, minimise waste, minimize waste, best schedule,
  which combination, juggle constraints, pack into, cut patterns
+simulation: try it out virtually, what would happen if, play through scenarios, imagine scenarios,
  thousand times over, before we build it, test it virtually, how long would the queue,
  spread through a crowd, crowd flow, model the queue
+surveys: ask our customers, ask our members, ask people what, answers from people, questions to ask,
  hundred answers, responses*0.4, opinions of, biased question, questions biased, people's opinions
+spreadsheets: column doesn't add up, sum up the column, rows and columns, sheet breaks, sheet*0.4,
  wrong total, #ref, drag down formula, one tab to another, filter rows, match two lists, compare two lists,
  copy between tabs, combine two sheets
+mathematics: solve for x, work out the number, calculate how many, find x, quadratics, radicals, decimals,
  factorising, factoring, exponent, exponents, square root, roots*0.3, calculus problem
+proofs: absolutely certain, beyond doubt, guarantee it is correct, guaranteed correct, no possible case,
  every possible case, holds for all, always true, airtight argument, mathematical certainty, certainty*0.5,
  certificate of correctness, can never happen, never happens in any, convince a skeptic, step doesn't follow,
  logically follow
+symbolic-math: exact answer, work out the formula, simplify this formula, messy expression, area under,
  area under a curve, rate of change, solve exactly
+numerical-methods: approximate solution, answer blows up, tiny errors add up, rounding errors,
  result explodes, solve on a grid, computer gives slightly different
+game-theory: outsmart rivals, bid in an auction, split fairly, everyone acts selfishly, rivals react,
  how to divide fairly, strategic opponents
+algorithms: faster way to compute, clever way to, brute forcing takes, efficient way to,
  whiteboard interview, interview puzzles
+cryptography: scramble messages, so nobody can read, only the recipient, read by nobody else,
  prove without revealing, without revealing, secret messages, unbreakable, secret code, signed by me,
  tamper-proof, eavesdrop, eavesdropping, lock the message
+physics: how fast does it fall, falling object, swing of a pendulum, pendulum, why the sky, light bends,
  forces on, heat flow, magnets, speed of light
+astronomy: see tonight in the sky, look at the sky, look up at night, bright dot in the sky, rings of saturn,
  shooting stars, northern lights, aurora, which planet
+space: lift off, into orbit, around the earth, fly to mars, fly to the moon, fall back to earth,
  launch a satellite
+chemistry: mix two liquids, mixture*0.4, turns blue, fizz, bubbles*0.4, white powder, boiling point, melts at
+synthesis-planning: how to make a molecule, make this molecule, from cheap starting, from simple ingredients,
  make in the lab, make the compound, fewest steps, route to make
+chemical-safety: mixed cleaners, cleaning products mix, mixing cleaning products, dangerous fumes,
  safe to store together, store next to, spilled acid, bottle leaks, smells toxic, skin contact, gloves*0.4
+analytical-chemistry: what is in this sample, what's in this powder, unknown powder, how pure, traces of,
  contaminated sample, identify the substance, water sample, measure how much
+drug-discovery: new medicine, new drug, molecule that blocks, candidate molecules, find a cure,
  block this protein
+biology: under the microscope, living things, grow in a dish, how cells, tiny organisms
+genomics: spelling mistake in dna, runs in my family, in our genes, faulty gene, letters of dna,
  switch off a gene, edit a gene, cut dna, which genes, inherited from mother, patient's dna,
  samples sequenced, family of mutations
+proteins: shape of the molecule, how it folds, fold up, what shape, change one letter in the protein,
  stick together*0.3, molecule binds, binds to
+lab-protocols: experiment keeps failing, bands*0.4, no bands, blank gel, contaminated cells,
  cells keep dying, steps at the bench, repeat the experiment, test tubes, how much to pipette, plan my bench
+ecology: which bird, what kind of bird, animals in the forest, count animals, how many animals,
  disappearing species, trap photos, frog calls, sound in the woods, creatures*0.5, insect in my,
  bug in my garden, butterflies, butterfly, mushrooms in the forest, beetles
+environment: throw away less, dirty river, polluted, bad for the planet, greener, plastic in,
  good for the planet
+climate: carbon from flights, how much co2, greenhouse*0.4, climate neutral, emissions from our,
  planet warmer, reduce our footprint, hotter summers
+weather: take an umbrella, picnic weather, sunny on saturday, going to rain, rain on the, dry enough,
  storm coming, snow this, too windy, frost tonight, wear a coat
+geology: ground shakes, shaking ground, what's underground, under the ground, rock i found, dig for,
  groundwater level
+geography: how far apart, where exactly is, show on a map, places on a map, within walking distance,
  walking distance, nearest*0.5, within ten minutes, catchment, catchment area, where to open, best location,
  location for a new, new branch location, second location, open a second, who lives near, distances,
  density of, draw a circle around, opening a branch, part of town, flooded areas, seen from above, from space
+gis-software: where to open, best location, location for, new branch, catchment, layers on a map,
  within walking distance, polygons*0.4, nearest hospital, drive time, people live near, on a map,
  overlay*0.5, heat map of the city, population around, seen from above, from satellites, aerial
+research: find studies, is there evidence, what does science say, science say, scientifically, studies show,
  dig into, deep dive, in-depth, thorough answer, background reading, look into*0.4
+literature-review: what do studies say, everything written about, what has been written,
  what's been published, who has worked on, latest papers, read fifty papers, fifty papers, hundred papers,
  find papers about, evidence that, overview of a field, all the studies, scientific evidence,
  state of knowledge, new in my field, keep up with papers
+citations: where did this quote, does this source exist, made-up references, invented references,
  reference exists, check the references, format my sources, who said that first, list of sources,
  sources at the end, sources in the right format, footnotes wrong
+paper-writing: submit to a journal, reviewer two, reviewers want, answer the reviewers, my supervisor,
  thesis draft, publish my results, write up my results, conference deadline
+peer-review-science: is this study any good, holes in the study, flaws in a study, should i trust this study,
  weak study, study design flawed, find weaknesses, tear apart, punch holes, devil's advocate
+grants: money for my research, apply for money, foundation money, apply for funding, call closes,
  funders want, win the grant, money for our project, funders, pay for our project
+fact-checking: did it really happen, is it real, is that true, claims that, someone shared,
  circulating online, going around online, uncle posted, forwarded message, photo real or, real or fake,
  fake or real, politician said, quoted as saying, too crazy to be true, chain message, sounds made up,
  rumours, supposedly*0.5, supposed*0.3
+web-search: find out about, who is, what happened today, search for me, look it up, current price, latest on,
  up to date, whatever you can find, find everything about, can't find anything, go through the internet,
  recent developments, what's new in, keep me posted, keeps an eye on, keep an eye on, keep watch,
  notice when, whatever is written about, websites say
+competitive-intelligence: what others charge, what the competition, keep an eye on competitors,
  other shops charge, rival launched, compared with others, others in our market, competition is doing,
  watch the competition, rival's prices, undercutting us
+osint: who is behind, who is this person, who runs this site, where was this taken, find out who,
  trace the owner, old school friend, find an old friend, photo taken, check him out
+patents-search: already exists*0.5, already been invented, someone already invented, invented before,
  has anyone made, already protected, nobody patented, existing invention, my invention new, new gadget idea,
  first to invent
+philosophy: what is right, right or wrong, morally, is it ethical, deep questions, meaning of,
  what would socrates
+history: what happened in, long ago, back then, hundred years ago, who ruled, old times, in those days,
  old map, my town used to, kings and queens, knights*0.4, wartime, date this, how old is this, trenches,
  fall of rome
+genealogy: where my grandparents came from, where do i come from, who were my ancestors,
  grandmother's maiden, parents' parents, came over by ship, emigrated, emigrated in, family from poland,
  old family photos, great-uncle, long-lost cousin, cousin*0.4, half-sister, baptism, my roots,
  trace my family, bloodline, old parish, long-lost relatives, ship from hamburg
+engineering: will it hold, strong enough, how thick, how strong, design a part, breaks when, moving parts,
  build a machine
+mechanical-design: part snaps, design a bracket, parts fit together, hinge breaks, strong enough to hold,
  metal part, thick should, draw the part, screw holes, moving mechanism
+structural-engineering: take out a wall, remove a wall, knock down a wall, wall holds up, hold the weight,
  carry the weight, floor sags, sagging, collapse, collapses, roof hold snow, deck hold, cracks in the wall,
  balcony safe
+electrical-engineering: blows the fuse, burned resistor, power the board, radio noise, solder joint,
  which resistor, amplify, how many volts, volts*0.7, amps*0.6
+quality-engineering: too many rejects, faulty batch, rejects, one in a hundred fails, batch failed,
  why parts fail, scrapped, customer complaints about parts
+medicine: see a doctor, at the hospital, my doctor, feel ill, sick*0.6, ill*0.5, cure*0.6, heal*0.5, heals
+symptoms: my head hurts, head hurts, belly hurts, tummy, my stomach, throat hurts, since yesterday*0.2,
  burning feeling, red spots, spots on skin, won't go away, hurts when i, woke up with, tight chest,
  feel dizzy, out of breath, short of breath, puffy, swollen ankle, should i worry, is it serious,
  doctor or wait, go to hospital, sweating, can't breathe, weird feeling in, ringing in my ears, left arm,
  sore*0.6, feverish, hot forehead, high temperature, throws up, throwing up
+emergency-medicine: not breathing, collapsed, passed out, swallowed a, bleeding heavily, cut myself,
  burned my hand, stung, bitten by, call an ambulance, what to do until
+medications: take with, can i take, my pills, two pills, several medicines, medicines*0.8, medicine together,
  tablets together, doctor prescribed, prescribed*0.8, forgot to take, how many a day, stop taking, mix pills,
  mixing medicines, cold remedy, grandmother takes, takes eight, heart pills, blood pressure tablets,
  new pill, wine while taking, alcohol with
+medical-imaging: picture of my lung, picture of lungs, spot on the lung, broken bone picture, look at scans,
  read scans, brain scan, pictures from the scanner, scanner*0.5
+lab-results: blood values, my blood, values too high, value too high, cholesterol high,
  numbers from the doctor, sheet from the lab, result sheet, lab sheet, flagged high, asterisk,
  what do these values
+clinical-trials: try a new drug, test a new medicine, new therapy, volunteers for a study, join a study,
  studies for patients, last hope, patients for our study, suitable patients, take part in a study
+clinical-documentation: doctor types, typing after visits, notes after each patient, write up visits,
  doctors typing, patient visit notes, conversation with patient, what the patient said, stays late typing,
  charts after, consultation into notes, notes from consultation
+medical-coding: insurer rejected, hospital bill wrong, codes for billing, codes for procedures,
  bill the insurer, billed for, insurance refused to pay the hospital, treatment refused by insurer
+patient-communication: explain my illness, words my mother understands, what the doctor wrote,
  doctor's letter, letter from the hospital, understand the letter, medical words, latin words,
  leaflet for patients, diagnosis explained
+public-health: disease spreading, spreading in, people getting sick, sick after,
  everyone at the party got sick, cases rising, wave of infections, vaccinated, how many infected,
  infections rising, infected, school closed because
+chronic-disease: sugar levels, my sugar, pump readings, daily readings, lifelong condition,
  high pressure readings
+cardiology: heart skips, skips a beat, racing heart, heart races, heart flutters, heart tracing
+dermatology: mole changed, changing mole, itchy patch, dark spot, dry patches, pimples, birthmark
+pregnancy: having a baby, trying for a baby, baby on the way, weeks pregnant, expecting a baby, give birth,
  unborn
+dental: wisdom tooth, tooth hurts, bleeding gums, chipped tooth, filling fell
+veterinary: dog ate, cat ate, dog limps, cat won't eat, dog vomiting, sick animal, dog scratches, cow won't,
  puppy swallowed, rabbit not eating
+rare-disease: nobody knows what i have, doctors are baffled, doctors don't know, years without diagnosis,
  strange combination of symptoms, one in a million
+physiotherapy: hurts when i bend, back hurts, knee hurts, can't lift my arm, stiff*0.6,
  after the operation exercises, pulled a muscle, twisted ankle, sit all day, exercises after surgery,
  neck hurts, hunched, walk again
+mental-health: can't cope, feel sad, so sad, feel empty, nobody to talk to, need to talk, dark thoughts,
  thoughts racing, heart races at night, worry all the time, worried all the time, always worried,
  crying every, lost interest, no energy, feel alone, all alone, can't get out of bed, panicking, panic*0.6,
  since she died, missing her, afraid to leave, scared of people, tired of everything, feel worthless,
  on edge, inner peace, just listen to me, vent*0.6, venting
+psychology: why do people, why do i always, people behave, what makes people, human mind, personality types
+addiction: can't stop drinking, drink too much, stop drinking, cigarettes, smoking*0.5, quit drinking,
  stay clean, hooked on, gamble
+sleep-health: awake at night, wake up at 3, can't fall asleep, toss and turn, counting sheep,
  tired in the morning, baby won't sleep*0.3
+nutrition: lose ten kilos, lose a few pounds, eat healthier, what should i eat, allergic to, healthy lunch,
  eat less sugar, losing weight, too much sugar, food and blood sugar, kilos*0.5, slim*0.6, fat*0.4,
  enough iron, iron deficiency, vegetarian child
+fitness: get stronger, run a marathon, first marathon, couch potato, lose my belly, flat stomach,
  build muscle, train for, lift more, ten push-ups, out of breath on stairs, half-marathon, get moving,
  sweat*0.4, run ten kilometres, six pack, leg day
+elder-care: my mother is 80, mother lives alone, father forgets, keeps forgetting things, aging mother,
  aging father, old mother, old father, grandfather alone, look after my father, look after my mother,
  fell again, can't live alone, gets confused, eighty*0.4, ninety*0.3
+hospital-operations: beds are full, full beds, beds*0.4, patients wait, wait for surgery, operating rooms,
  shift of nurses, nurses short, patients per nurse, appointments at the clinic, cancelled appointments,
  clinic waiting
+law: can they do that, is this allowed, allowed by law, legal trouble, take them to court, against the law,
  what are my rights, my legal options, file a case, get a lawyer, need a lawyer, can't afford a lawyer
+contracts: forty pages before signing, sign this, about to sign, what i'm signing, signed something,
  catch in, hidden clause, what happens if i cancel, terms unfair, get out of the contract, cancel the deal,
  who is responsible if, both parties, hidden traps, traps in, agreement with a supplier, nasty surprises,
  paragraph about liability, signed the papers
+privacy-law: what they know about me, delete everything about me, delete my account data,
  company has my data, allowed to store, store personal, email addresses of customers, customers' data,
  camera in the office, allowed to film, collect emails, european users, without asking, share my details,
  tracking visitors, cookies on our site, newsletter consent, data about me
+intellectual-property: copied our product, stole our name, copying my design, sells copies of my,
  my photo without, used my picture, used my song, use this song, use a song, protect my invention,
  protect my name, own the rights, who owns, name already used, someone else's logo, copies of my
+employment-law: lost my job unfairly, boss fired me, fired while pregnant, fired for, not paid overtime,
  work on sundays, boss wants me to, let go, let me go, dismissed, dismissal, employer refuses,
  employer won't, forced to quit, after being sick, contract ends, allowed to fire, bullied at work,
  bullying*0.6
+tenancy-law: landlord won't fix, landlord refuses, landlord wants, landlord keeps, apartment mold,
  heating broken, no hot water, thrown out of my, moving out deposit, bond back, rent raised, raise the rent,
  raises the rent, rent went up, must i move out, move out by, neighbours noise landlord, hasn't returned,
  stuff the landlord didn't return
+family-law: leaving my husband, leaving my wife, getting divorced, see my children, see my kids,
  who keeps the house, my ex wants, ex won't, pay for the children, split up, weekends with dad, living apart
+wills-estates: who gets the house, who inherits, when my father died, mother died, after i'm gone,
  leave to my kids, leave my house to, left nothing, grandmother's house, divide the house,
  siblings fight over, split between siblings, what happens to my money when
+immigration: work in germany, live in canada, move to canada, move to germany, move to australia,
  bring my wife, bring my parents, stay in the country, stay longer, allowed to work in, papers to live,
  become a citizen, marry a foreigner, papers expired, foreign worker, foreign spouse
+criminal-law: police took, caught with, caught stealing, arrested for, go to jail, accused of,
  police stopped, speeding*0.6, court date, shoplifting, witness to, police want to question, night in a cell
+consumer-rights: shop won't take it back, won't take back, shop refuses, money back, want my money back,
  broke after a week, broke after a month, never delivered, stopped working after warranty, sold me a broken,
  company ignores me, cheated me, cancel gym membership, cancel my membership, gym membership,
  not as described, seller ignores
+legal-research: earlier cases, how did judges decide, courts decide, judge ruled, ruled that, past judgments,
  decided in the past, which law applies, cases where
+litigation-support: boxes of documents for trial, hundred thousand emails, emails for the lawsuit,
  find the smoking gun, smoking gun, evidence for trial, before the judge, relevant to the case,
  court deadline, documents for court
+corporate-law: start a company, set up a company, my cofounder and i, sell my company, buy another company,
  own half, partner wants out, split shares, leaving cofounder
+compliance: allowed under the rules, rules apply to us, fined*0.6, fine from the regulator,
  inspection next week, inspectors come, auditors coming, auditors are coming, prove to auditors,
  prove we follow, are we following the rules, law changes affect us, in line with the rules, required by law,
  meet the requirements, keep regulators happy
+mediation: fighting with my neighbour, neighbour's tree, we can't agree, neither wants to, partners argue,
  both feel, settle it, find common ground, fence, keep the peace, agree without court,
  without going to court, without lawyers, quarrelling, siblings fight
+personal-injury: slipped on ice, hurt at work, hit by a car, accident wasn't my fault,
  who pays for my injury, wet floor, not my fault
+government: city office, which office, official letter, letter from the city, public office,
  apply at the city
+benefits-welfare: can't pay rent help, lost my job money, money from the state, help from the state,
  help with rent, state support, entitled to, lost my job support, single mother help, apply for support,
  am i eligible, money for families
+permits-licensing: allowed to build, build a shed, food stall licence, open a food truck, need a licence,
  do i need permission, permission to build, cut down a tree, street party permission, register my business,
  register my car
+emergency-management: flooded town, after the earthquake, town flooded, people trapped, evacuating,
  where to send help, bring supplies, tents and water, survivors, sandbags, river rising, fire is coming,
  what to do in an earthquake
+elections: who to vote for, parties stand, where parties stand, party programmes, candidates promise,
  where to vote, how to vote, voting district
+nonprofit: help the homeless, homeless*0.6, animal shelter volunteers, our charity, small charity,
  people who give, volunteers needed, good cause, our club, refugees in our town
+fundraising: find investors, need investors, convince investors, money for my startup, raise a million,
  raise capital, people to donate, ask for donations, donors stop, get donations, backers, pitch to investors
+finance: company money, money matters, numbers for the bank
+accounting: books don't balance, books balance, sort my receipts, receipts in a box, box of receipts,
  statement doesn't match, match payments, bank says, payments to invoices, close the month,
  end of the year books, unreconciled, missing receipt, where every cent, cents*0.4, every cent, two cents
+tax: owe the state, write off my, deduct, deduct my, home office deduct, work from home deduct,
  letter from the tax office, tax office, file by april, april deadline, forms for the tax,
  get money back from the state, sold my house tax, pay less tax, sell abroad vat, declare*0.5,
  declare my income, side income
+invoicing: hasn't paid me, customer hasn't paid, client won't pay, waiting for my money, owes me, owes us,
  pay us late, pays late, paying late, chase clients, chasing money, thirty days overdue, remind them to pay,
  nagging for money, get my clients to pay, send a bill, bill my clients, money outstanding, outstanding*0.5,
  unpaid work, nag*0.5, nagging
+budgeting: money runs out, run out of money before, end of month broke, spend too much, too much on,
  where does it all go, put money aside, save for a, saving up, can't save, can i afford, afford a,
  on my salary, salary is gone, bank account empty, penny*0.5, stretch my, couple's money, share expenses,
  split the bill
+fp-and-a: how long will our money last, money last, months of cash, last until, if we hire, hire two more,
  afford to hire, worst case money, when do we make a profit, become profitable, profitable*0.5, cash left,
  plan next year's numbers, money in the bank lasts
+investing: invest my savings, money in the bank does nothing, inherited money, make my money work,
  buy shares, which shares, own shares, put aside for old age, safe place for my money, market crash,
  all my eggs, spread my money, ten thousand euros, sell my shares, lump sum
+trading: buy low, sell high, buy and sell signals, test my strategy on past prices, past prices, price moves,
  market opens, bets on prices, currency moves
+equity-research: is the company worth, good buy, company's numbers, read annual reports, worth its price,
  overvalued, undervalued, how healthy is, is it a good investment, results season
+credit-lending: pay back, pay it back, bank said no, bank refused, bank turned me down, turned down for,
  borrow money, lend*0.7, lend me, owe the bank, cards maxed, maxed out, drowning in debt, monthly repayments,
  get out of debt, approve borrowers, borrowers, will they pay back, who can repay
+mortgages: borrow for a house, bank finance a house, afford the house, monthly payment house, fix the rate,
  rate expires
+fraud: somebody used my card, used my card, card was used, payments i didn't make, strange payment,
  strange withdrawal, pretended to be, con*0.4, con man, cheat the system, fake accounts, fake claims,
  staged accident, dirty money, fake orders, stolen cards, supplier changed bank details, caller wanted,
  wired money, transfer to unknown
+retirement: stop working, work less at 60, enough to retire, old age, when i'm old, live on after 65,
  last until i die
+payroll: pay my staff, pay our staff, employees get paid, pay day, deducted from my pay, my pay slip,
  what is deducted
+economics: prices rising, prices go up, everything gets more expensive, central banks, jobs in the country,
  why are things expensive, wages rise, minimum wage, trade war
+risk-management: what could go wrong, worst that could happen, what if the supplier, protect us against,
  prepare for the worst, plan b, exposed to*0.4, everything at once fails
+insurance: does it cover, covered if, covered for, pay for the damage, who pays for the damage,
  insurer refuses, insurer won't, protect my house, tree fell on, cover my trip, basement flooded*0.6,
  hail on my car
+claims-handling: pictures of the damage, photos of the dent, dent*0.7, dents, how much is the damage,
  cost of repair, crashed my car, someone hit my car, hit my car, report damage, tree fell on,
  stolen bike claim
+procurement: find a supplier, buy in bulk, cheaper source, three offers, offers from, get offers,
  compare offers, buy supplies, order supplies, best offer, who can supply, buy a thousand,
  supplier raised prices, need two thousand
+strategy: where should we go, grow the company, next five years, should we open, new country launch,
  beat the competition, stay ahead, what business are we in, business idea, my idea any good, idea worth,
  does my idea, how to grow, big decision company
+market-research: is there demand, would people buy, who would pay, how big is the market, how many potential,
  interest in a product, people want this, anyone want, before i invest in stock
+product-management: which feature first, what to build, users keep asking for, feature ideas,
  wishes from users, hundred ideas, say no to features, next version, too many requests
+project-management: keep everyone on track, on track, falling behind, who is doing what, who's doing what,
  everything is late, late again, finish on time, in time for, steps until launch, break it into steps,
  big undertaking, forgotten tasks, tasks get forgotten, plan the work, plan the steps, weeks behind,
  too many tasks, coordinate the team, hand-offs between teams
+operations: how we do things, same way every time, steps everyone follows, too many steps, waste less time,
  run smoothly, smoother*0.5, double work, who signs off, waits for approval, approval chain
+meetings: everybody talked, what did we decide, who said they would, promised in the call, promises made,
  persisted promises, remember what was said, what was agreed, agreed on the call, long call, couldn't attend,
  wasn't there, sat through, who has to do what, notes from the call, talk for an hour, zoom recordings,
  after every call, discussion points, hour-long
+calendar: six people free, when can we all, all of us free, everyone can make it, suits everybody,
  people in different countries meet, tokyo and london, across continents, find an hour, free on thursday,
  move my three o'clock, two things at the same time, two appointments, next free, put it in my diary,
  fit in a, back and forth to find, time that works, works for everyone, when is everyone,
  dentist at the same time, back to back
+email: answer my messages, three hundred unread, hundreds of unread, messages pile up, write back,
  write back to, nice reply, reply to this, which messages matter, important messages, messages i missed,
  empty my inbox, sort messages, junk*0.4, answer politely, say no politely, haven't replied,
  waiting for my reply, messages waiting
+office: boring paperwork, papers on my desk, papers pile, typing work, back-office, running the office
+document-processing: photo of a receipt, photographed, type it all in, typing in numbers,
  read the numbers off, from paper to, paper into computer, old forms, filled-in forms, thousand scans,
  shoebox of papers, get the table out of, table in a pdf, fields from, letters by post, folder of paper,
  handwritten notes into, numbers from paper, read off
+file-organization: thousand files, files everywhere, photos everywhere, can't find the file, sort my files,
  which version is the latest, sort into folders, mess on my disk, chaos on my drive
+presentations: show the board, show to the board, ten minutes to convince, speak to investors,
  talk on friday, slides look, boring slides, present it to, stand in front of, talk for ten minutes,
  pages for my talk, turn report into slides
+knowledge-management: only one person knows, everyone asks the same, where is it written, did it last time,
  written down somewhere, find the answer in our, our own documents, old documents answers,
  left the company and, leaves and takes, knowledge in heads, our policies, what's our policy
+recruiting: find someone to hire, need a new colleague, need a developer, two hundred applications,
  hundred applications, read applications, right person for the job, who to invite, fill the position,
  new staff, people applying, suitable people, hire a nurse, candidates for, ask in the interview,
  find good people
+career: want a new job, no answer to applications, never get invited, do with my life, what job suits,
  job suits me, talk to my boss about money, more money from my boss, deserve more money, interview tomorrow,
  interview on monday, nervous about the interview, improve my chances, work history, my experience looks,
  ten years at the same, switch to tech, become a programmer, become a nurse, offer from another company,
  retrain as
+performance-reviews: talk with my employee, how is she doing, rate my team, yearly talk,
  say it nicely to employee, employee underperforms, write about my own work, year-end talk
+employee-engagement: people keep leaving, good people leave, team unhappy, mood in the team, team spirit,
  staff leaving, nobody talks, working from home team, get to know each other
+onboarding-training: new colleague starts, starts on monday, first week, show the new, learn the ropes,
  train our people, teach our staff, new people get lost, refresher, staff don't know how, apprentices,
  apprentice, intern*0.6, interns*0.6
+shift-scheduling: who works saturday, who covers, nurse is sick, swap with, staff for the weekend,
  nobody wants sundays, fair weekends, enough people on, cover the late, early and late, called in sick,
  night and day
+leadership: first time boss, just became a manager, lead people, my team doesn't listen, two employees fight,
  employees fight, hard talk, trust in my team, tell someone bad news
+negotiation: get a better price, lower price, talk them down, they want too much, how much to ask,
  ask for more, first offer, better terms, walk away from, get more for, pay less for, meet in the middle,
  salary talk
+sales: sell more, more customers, close the deal, customer says too expensive, convince the customer,
  convince buyers, customers say no, win customers, earn more, people to buy, get people to buy, nobody buys
+lead-generation: who might buy, find companies that, find buyers, list of companies, companies that need,
  get new clients, more clients, first message to strangers, people to contact, knock on doors,
  right person at a company, strangers to answer, find my first customers
+crm: who did i talk to, remember my customers, last talked to, keep track of customers,
  what did i promise the customer, forgot to call back, sticky notes, customer history
+sales-proposals: answer a tender, write an offer, offer for a client, long questionnaire from a client,
  win the bid, questions from a big customer, offer to a customer
+pricing: how much to charge, charge for, what to ask for, price of my, too cheap, too expensive,
  raise our prices, sell for, cheaper on mondays, worth charging, should it cost, price should
+customer-success: customers leaving, might leave, going to cancel, cancel their subscription,
  keep our customers, customers stay, keep them happy, who will leave, before they leave,
  not using the product, stopped using
+customer-support: answer our customers, customers write, customers call, customers ask, angry caller,
  caller*0.5, same question again, asked a hundred times, questions from buyers, people complain,
  complaining*0.5, where is my parcel, calm an angry, upset buyer, waiting for an answer, answers within,
  customers wait, hotline, hold music
+ticket-routing: who should handle, lands on the wrong desk, wrong department, right department,
  urgent ones first, most urgent, messages come in, hundreds of messages a day, sort incoming,
  thousand messages, which ones are urgent
+chatbots: answers at night, answer visitors, answer questions on our site, talk to visitors,
  answers automatically, little chat on the site, bot on our page
+reviews-feedback: one star, two stars, bad reviews, people hate, what people like, like about us,
  thousands of reviews, read all reviews, answer a nasty review, nasty comment, comments about us,
  why they complain, common complaints, people think of us
+it-support: screen is black, screen stays black, won't start, doesn't start*0.5, computer won't,
  laptop won't, can't print, printer won't, no sound, forgot my password, can't log in, can't connect,
  mother's computer, strange pop-up, pop-ups, gets hot, fan is loud, keyboard stuck, mouse won't,
  spilled coffee, teams won't, new computer, install a program, frozen screen, projector, cable, cables*0.5
+marketing: more visitors, make us known, nobody knows us, get the word out, spread the word,
  people know about, reach young people, reach customers, attract, attract customers, attract more,
  bring people to, known in town, tell people about our, launch our product, more guests
+seo: nobody finds us, found on google, show up on google, page two of google, rivals come first,
  appear higher, search for plumber, come up first, invisible online, below competitors, when people search
+paid-ads: money on ads, ads don't work, spend on ads, clicks cost, too expensive clicks, pay for clicks,
  who sees our ads, show ads to, clicks but no sales
+social-media: post every day, what to post, more followers, nobody likes my posts, comments under,
  teenagers see it, short videos for, thumbs up, likes and shares, go viral, hate comments, gone viral,
  profile picture*0.4, emoji*0.3
+content-marketing: something to write about every week, articles for our site, interesting for our readers,
  write about our product, useful articles, topics our customers, weekly article
+email-marketing: write to our customers, mail to all customers, monthly letter to, people don't open,
  nobody opens, open our emails, welcome new customers, letter to subscribers, send to everyone
+copywriting: text for our website, words for the poster, short text for, sell the product with words,
  sentence that sticks, sounds boring, make it sound exciting, describe the product, text for a flyer,
  few words that, catch attention, sentence for our, sound irresistible
+branding: look of our company, find a name, name for our, called*0.2, what people associate, stand for,
  recognisable, recognizable, new look
+public-relations: reporters call, in the newspaper, tell the press, on tv about us,
  something went wrong publicly, public apology, bad headlines, newspapers write, accused us publicly,
  announce the news, local paper, negative story
+events: hundred guests, two hundred people, birthday for, party for, who is coming, invite fifty,
  room for a hundred, place for a party, office party, company party, christmas party, summer party,
  celebrate*0.6, celebrating, surprise party, turns 40, turns fifty, guests need, organize a conference,
  get-together
+weddings: marry*0.6, our big day, big day, tables at the wedding, aunt next to, say yes, seating guests,
  fiance, fiancee
+ecommerce: sell my handmade, sell things online, sell on the internet, my shop online, orders online,
  put in the basket, leave before paying, filled carts, sell mugs, people browse but, web orders,
  selling candles, sell jewellery, buy on our site
+retail: in my shop, our shop, on the shelf, corner shop, walk-in customers, shop window, my little store,
  people come in, checkout line, checkout queue
+shopping-advice: worth the money, cheapest place, which one is better, good and cheap, under 500,
  under 100 euros, best value, looking to buy, want to buy a, new laptop, which laptop, which phone,
  which washing machine, get for my, present for my, gift for my, surprise for my, something nice for,
  buy for my, birthday gift, cheaper elsewhere, when prices drop, price falls, find it cheaper, mugs*0.3,
  vase*0.3, hunting for
+inventory: running out of, ran out of, run out of stock, too much in stock, order more, empty shelves,
  shelves empty, goes bad before, throw away unsold, unsold, never have enough, what's left in,
  how many are left, count the stock, count everything, when to order
`;
