/** Situations in which a skill is wanted: two telling words each, which may stand apart and in either order. */
export const situations = `
+code-review: juniors code, teammate changes, merge friday, submitted changes, contributor's patch,
  catch mistakes ship, read my changes, critique my code, walk through my changes
+code-quality: file thousand lines, nested ifs, variable names, ten nested, inherited codebase,
  previous developer, contractor left, untouched for years, same logic everywhere, split this function,
  spaghetti script
+debugging: crash customers, line number, works fine laptop, dies after, hangs after, stuck at 99,
  once a week, every tuesday crash, random failure, wrong result sometimes, error nobody understands,
  memory climbs, disappears when, exits without, cryptic message, what is causing, hunt down, pin down,
  narrow down, trace it back, root of the problem
+performance: endpoint seconds, laptop fan, page crawls, too slow customers, milliseconds*0.5, hog memory,
  speed things up, ten times faster, bottleneck where, runs overnight too long, shave seconds
+legacy-systems: nobody alive, author retired, original developers, before i was born, written in 1983,
  1983 batch, thirty years old, forty years old, program from the eighties, runs the payroll since,
  knows the language anymore, old system understand, floppy*0.5
+programming-languages: rewrite python, convert script, php to, java to, matlab to python,
  excel macro to python, learn rust, language for beginners
+mobile: app launch, icon tap, drains battery, drains phone, store review, phone gets hot, older iphones,
  update app, ratings dropped after update, rotate screen, works on iphone, app freezes,
  offline in the subway, camera permission, widget phone
+frontend: looks fine chrome, broken in safari, sidebar*0.6, carousel*0.6, button moves, page blinks,
  loads then jumps, dark mode, animation stutters, form clears, images too big, dropdown hidden, header*0.4,
  footer*0.5, modal*0.6
+web-dev: yoga studio website, bakery website, restaurant website, club website, one-page site, contact form,
  domain expired, site for my shop, site down certificate, moved my site
+backend: orders twice, customers charged, two requests, messages lost, job twice, event lost,
  server overloaded, stays consistent, third party down, calls pile up, hammered*0.5, hammering*0.5,
  too many requests, retry storm, throttle*0.5, throttling*0.5, handle spikes, out of order messages,
  exactly once, background task, partner sends us, receive notifications from, payment callback,
  upload big files, thousand messages per second
+api-design: partners connect, mobile team needs, field names, change without breaking, older clients,
  version two, third parties integrate, public interface, describe our endpoints
+auth: employees sign in, one password everywhere, log everyone out, reset links, fingerprint login,
  see other people's orders, customer sees another, wrong account, password rules, sign in once
+databases: tables design, one row per, store invoices, many-to-many, bookings table, duplicate rows,
  lookup by, keep history of changes, store locations, archive old rows, hundred million, relational*0.5,
  structure data store
+query-tuning: report seconds, filter slow, page loads orders slow, searching customers slow, join slow,
  grew slow, table grew, fast last year, list takes, times out report, speed up lookups, slow when many,
  slow since the table
+sql-writing: regulars by spend, customers per region, who hasn't ordered, orders without, last purchase,
  customers never, sum per month, plain english database, question our database, ask the database
+db-migration: split the name column, rename a field, rename field, change a column, move to postgres,
  without stopping, without taking down, forty million rows change, switch over night, while people are using,
  combine two databases
+db-operations: dropped the table, wrong where, forgot the where, ran update without, yesterday's copy,
  copies of our data, test our backups, backups work, backup never tested, server room burned,
  power loss data, restore to noon, bring it back to, rows vanished, data vanished, second server takes over
+search-engine-backend: search box finds nothing, search typos, results irrelevant, search in our shop,
  find products when misspelled, instant results, synonyms in search
+devops: works on laptop server, same everywhere, release every friday, release at night, roll out slowly,
  ten percent first, undo a release, new server by hand, install by hand, environments differ,
  repeatable setup, spin up
+ci-cd: merges break main, forty minutes build, builds queue, tests on every change, ship several times a day,
  release manually, release steps, tag and publish, nightly build
+cloud-costs: storage nobody uses, servers sleep, test servers weekend, forgotten machines,
  our hosting doubled, cheaper hosting, ten thousand a month servers
+observability: customers notice first, before customers notice, learn from customers, know when slow,
  where requests spend, thousands of lines logs, read the logs, alarm every night, which service is slow,
  one request across, graph of errors, silent failures
+incident-response-ops: black friday down, shop offline, everyone panics, coordinate during,
  who does what outage, tell customers status, timeline of outage, write up what happened,
  never happens again, keep happening outage, middle of the night outage
+networking: zoom freezes, branch office, cables and switches, second floor wifi, cameras offline,
  ip conflict, printers unreachable, slow after lunch network, two routers
+cluster-ops: nodes offline, jobs starve, starving*0.5, big job blocks, small jobs wait, students share,
  share gpus, who used how much, reserve machines, machine overheats, maintenance window machines,
  hundred nodes, thousand cores, cores*0.6, memory runs out nodes, pods restart, evict*0.5, evicted*0.5,
  move workloads, workloads*0.6, workload*0.5, rebalance machines, uneven load, hot machine,
  half the machines, spare machines, queue of jobs, simulation queue, scratch disk, run overnight on cluster,
  disk array, failed disks, leader dies, split brain, restarted nodes, restart*0.4, restarts*0.4,
  hardware*0.5, replace disk, upgrade machines one by one
+testing: checkout still works, every button, clicks through, test by hand, hand testing, fails once in ten,
  red then green, release without fear, break in production, written requirements into, forgotten cases,
  what did we forget, cover all paths, reproduce bug steps, try strange values, phone models test,
  every browser, each browser, pretend to be a user, sanity check release, proves it works,
  confidence release, repeat the same clicks, test every screen
+load-testing: ticket sale, tickets go on sale, sale opens at noon, ten thousand visitors,
  double the visitors, tv show mention, launch next week hold, school registration opens,
  how many orders per minute, peak*0.5
+automation: monday morning copying, copy numbers, download and rename, same email every, move files when,
  when a form arrives, order comes in then, fill spreadsheet from emails, click the same, glue two apps,
  connect two apps, between two systems by hand, hours every week, hours a week typing, post automatically,
  chores at the computer
+web-scraping: prices from shops, collect prices daily, addresses from a directory, every product page,
  event listings from, five hundred websites, job ads from, download all pdfs, table from website,
  structured from web pages, directories*0.4
+architecture-software: startup grows, next ten years system, two teams same code, rebuild or keep,
  monster application, pieces talk, draw the system, choose between technologies, plan before coding,
  build it ourselves
+dependency-management: eighty libraries, library abandoned, security warning library, framework version,
  three versions behind, upgrade everything, which updates
+data-analysis: fewer orders, fewer bookings, more returns, customers disappear, members leave, cancel after,
  second month, regulars*0.4, who buys what, buy together, bought together, which customers are worth,
  best customers, compare branches, compare shops numbers, weekdays*0.4, why fewer, why more,
  changed in march, sales fell, sales went down, turnover by, make sense of export, raw export, survey export,
  log of visits, loyal guests, what happened to our numbers, find what matters, dig into numbers, spot trends,
  one-off or
+ab-testing: blue or green button, new headline or, two prices, two emails, shorter form better, banner a,
  randomly shown, half saw, half get, ship it or not, peeked*0.7, stop the test, difference is real,
  three percent better, clicked the new, layout change helped, visitors saw
+statistics: forty patients, two groups, differ*0.5, small number of, ruled by chance, dice fair, coin fair,
  sure about average, percent sure, compare averages, survey of 200, how many people to ask,
  how many participants, how many do i need, which test to use, relationship between, grows with,
  depends on how, measurements vary, repeat measurements, ratings from, significance of, conclude from,
  twelve mice, sixty plots
+causal-inference: after the campaign, after we changed, after the discount, since the new, policy reduced,
  did raising, did lowering, did closing, did it really, only correlated, goes together with,
  would they have come, speed limit lowered, schools that, people who take, comparing cities,
  neighbouring town without, similar towns, no control group, effect of a, self-selected,
  program participants, minimum wage raised
+forecasting: how many croissants, how many ice creams, how many nurses, visitors next summer, umbrellas next,
  calls tomorrow, orders in december, next summer, next winter, tickets next, how many rooms,
  electricity tomorrow, predict demand, how much stock for, estimate next, expected visitors, season ahead,
  two months ahead, next twelve months
+anomaly-detection: water meter reading, meter readings, sensor suddenly, bill strangely high,
  suddenly spends, unlike the others, one machine different, odd transactions, never seen before
+data-visualization: slide with numbers, poster numbers, wall screen, one glance, readable for executives,
  too many colours chart, make the chart, show change over, map of results, ugly chart, clearer figure,
  journalists understand numbers
+business-intelligence: owner wants daily, every morning numbers, five reports, one version of the truth,
  branch managers see, weekly numbers to, targets versus, live numbers
+data-engineering: three shops one, tills send, files arrive, dumps*0.5, exports*0.4, each night,
  every night from, feeds from suppliers, clickstream*0.5, devices send, million events, stale data,
  yesterday's numbers missing, numbers late, data from the app into, collect sensor data,
  history of prices store, transform files, load into, source changes format, supplier changes format
+data-quality: smith jon john, john smith, twenty thousand contacts, contacts twice, merged two lists,
  postcodes wrong, phone numbers in different, dates in different, street and st, country names,
  product names differ, units mixed, rows misaligned, half the fields, impossible values, ages of 200,
  born in 1890, check the import, addresses don't exist
+synthetic-data: share with a university, give outsiders data, demo data, realistic customers,
  test with real data forbidden, patients' names removed, names out of, identities hidden
+machine-learning: spam or not, sort pictures into, predict who, which customers will, guess the price of,
  house prices from, recognise my handwriting, from sensor readings predict, train on our, trained on,
  examples labelled, learning curve, computer learn, learns over time, score each customer
+mlops: answers slowly model, predictions drift, accuracy dropped, since christmas predictions,
  new model version, switch models safely, run out of gpu, training crashed, lost training, resume training,
  ten thousand requests model, cheaper inference, smaller model, half the size model, keep quality,
  serve many users, words per second, experiments lost track, which settings gave, which run was best,
  reproduce last month's model
+llm: model makes up, bot invents, invents policies, stick to our documents, answer only from,
  prompt gets ignored, ignores instructions, long instructions, reply in our tone, few examples model,
  teach model our, adapt a model, own data model, chat assistant answers
+model-evaluation: does it work well enough, right how often, mistakes it makes, compare answers of,
  rate answers, hundred questions test, better than last version, fails on, wrong for which
+ai-safety: rejects applicants from, treats women, older applicants, postcodes biased, explain a rejection,
  why was i rejected, loan model unfair, regulators ask model, behaves badly, says offensive,
  leaks its instructions, people trick it
+computer-vision: conveyor camera, count sheep, count fish, count trees, shelves empty camera, helmets camera,
  read meters, read number plates, cracks in photos, ripe fruit, ripe tomatoes, recognise plants,
  photos of rust, detect smoke, faces in pictures, parking spaces camera, broken bottles
+nlp: ten thousand comments, comments about, group complaints, survey answers free, emails by topic,
  sort by topic, tweets about, extract dates, extract amounts, people and companies in, tell spam,
  tone of messages, themes in
+optimization: cutting sheets, cut planks, leftover material, load the truck best, teams to shifts,
  classes to rooms, exam rooms, tables and guests, cheapest diet, mix of feeds, least waste, exams no student,
  minimise driving, factory order of jobs, machines and jobs, budget across, fair assignment,
  satisfy everyone's, seat everyone, constraints clash, thousand possibilities
+simulation: queue at the counter, how many tills, evacuate stadium, spread of rumours, crowds at exits,
  supermarket queue, waiting line, virus spreads model, runway queues, test without building,
  hundred thousand times, random weather, model how
+surveys: ask employees, ask two hundred, ask patients about, ask students about, wording of questions,
  unbiased questions, how to ask, why do few answer, form with questions, scale from one to five,
  opinion of members
+spreadsheets: sheet slow, circular*0.5, formula breaks, hashes instead, ##*0.5, dates become numbers,
  total per customer, look up a price, colour the rows, merge two sheets, split names column,
  duplicates in list, monthly tabs, budget sheet, timesheet formula, leading zeros, frozen header
+mathematics: prove that, find all, number of ways, how many combinations, how many ways, expected number,
  equations solve, unknowns*0.5, shape with, remainder*0.5, divisible*0.5, logarithms*0.5, optimal angle
+proofs: verify my argument, every step, logical gap, claim holds, holds for every, computer-checked,
  checked by machine, protocol can deadlock, cannot deadlock, never both, never two, no bug possible,
  mathematically guarantee, safety critical, elevator doors, brake software, contract can't lose,
  prove correct, airtight certainty
+cryptography: voting secret ballots, sealed bids, share a secret, lock files, store passwords,
  hash passwords, verify sender, signature on file, messages unread, key lost, random enough,
  two parties without revealing, age without showing, roll our own encryption
+physics: pendulum swings, ball thrown, spinning*0.5, heat loss, bridge swings, spring*0.2, laser beam,
  cooling cup, rocket equation, collisions*0.5, bending light, superconducting*0.5, magnets repel,
  boat floats, buoyancy*0.5, bullet*0.4, energy conserved, roller coaster
+astronomy: backyard telescope, first telescope, photograph the stars, saturn's rings, eclipse visible,
  dim star, brightness dips, planets tonight, comet visible, where to look, dark sky, meteors tonight
+space: satellite passes, cubesat orbit, debris*0.5, fuel to reach, window to mars, ground antenna,
  station overhead, burn*0.2, lunar*0.5
+chemistry: unknown liquid, mix acid, crystals*0.5, crystals grow, colour change, react with, dissolve*0.5,
  dissolves*0.5, how much salt, buffer solution, balance equation, rust forms, copper*0.5, zinc*0.5,
  aluminium*0.5
+synthesis-planning: from aspirin, purchasable*0.5, buyable*0.5, cheap ingredients molecule, target molecule,
  shorter route, better yield, three steps, catalyst choice, which reaction, make a compound from,
  scale up reaction, avoid toxic reagents
+chemical-safety: bleach and ammonia, drain cleaner and, poured together, school lab accident, storing acids,
  storage cabinet, which gloves, disposing of, pour down the sink, fumes in the garage, smelled*0.4,
  pool chemicals
+analytical-chemistry: peaks mean, peak at, lead in water, pesticide traces, which solvent is,
  contaminated batch, olive oil fake, honey fake, how much caffeine, read the spectrum
+biology: cells under, count cells, growth of bacteria, plates*0.3, yeast growth, stain cells, fruit fly,
  worms*0.3, mould growth, tree of life, dissect*0.5
+genomics: sequenced tumour, reads quality, guide design, cut exactly, off-target, edit the gene,
  mutation harmful, change harmful, variant harmless, harmless*0.3, family disease gene, bacteria strain,
  samples from gut, gut bacteria, which genes change, genes active, expressed genes, ancient bones dna,
  paternity*0.5, father unknown, sons carry, carrier of
+proteins: enzyme stable, more stable enzyme, drug sticks to, pocket*0.3, structure from sequence,
  one letter changed protein, antibody binds, 3d shape, looks in 3d molecule, misfolded*0.5
+lab-protocols: faint bands, nothing grows, contaminated plates, robot pipette, ninety-six wells, wells*0.3,
  how much primer, temperatures for the reaction, repeat of last week's experiment, cells died,
  antibodies don't, buffer recipe, thaw*0.5, incubation*0.5, controls failed, plan next week's bench
+ecology: owl calls, bird calls, calls recorded, which species, camera in the forest, deer*0.6, wolves*0.5,
  foxes*0.5, bats*0.6, frogs*0.5, count nests, fish in the river, bees decline, flowers in meadow, pond*0.6,
  coral bleaching, weeds spreading, foreign plant
+climate: our emissions, company emissions, offset flights, factory co2, how green, carbon of product,
  suppliers' emissions, sustainability report, flooding by 2050, hotter by, heat waves in, reach net,
  cut emissions, footprint of
+weather: wedding outdoors, concert outdoors, barbecue saturday, drying laundry, sail tomorrow,
  harvest before rain, roof work dry, icy roads, fog*0.5, heatwave coming, gusts*0.5, temperatures tonight
+literature-review: papers on, studies on, what is known about, evidence for, does research show,
  do studies agree, trials agree, thirty papers, two hundred abstracts, newest findings, experts say,
  which labs, meta*0.5, everything published, sift through papers, compare studies, contradictory studies,
  background chapter, overview of research, summarise papers, screened*0.5, does it work according to
+citations: ai made up sources, sources real, check every source, reference list wrong, page numbers missing,
  journals format, who first wrote, origin of quote, einstein said, quote really, quoted*0.4,
  misattributed*0.5
+paper-writing: referee asks, response letter, shorten abstract, introduction of paper, english in my paper,
  journal rejected, which journal, discussion section
+peer-review-science: sample too small study, conclusions too strong, conclusions don't follow,
  suspicious results, results too good, can't be repeated, replicate the result, figures manipulated,
  overclaim*0.5, check a paper before, reviewer for
+grants: foundation deadline, lab needs money, museum needs money, apply for support project, fund my phd,
  fund our, research council, budget section, innovation fund, eu money
+fact-checking: photo from war, picture of shark, viral picture, miracle cure, cures cancer, aunt sent,
  whatsapp says, facebook says, neighbour claims, statistics in speech, percent claim, mayor said,
  did the minister, headline says, quote by, old photo passed off, clip real, video real, heard that,
  believe it, is there any truth, any truth, truth*0.5, lie*0.4, lies*0.4, exaggerated*0.5, debunked*0.5
+web-search: who won, what happened, current ceo, opening times, newest version, when is the next,
  has it been announced, find the website, find articles, with sources, official page, find examples of,
  new law text, latest figures, gather information, gather everything, background on company, background on,
  find reliable, up-to-the-minute, recent news, today's news, any news, monitor news, tell me if anything new,
  price of copper now, learn all about, look everywhere, scattered across the internet, forum posts,
  forums*0.5
+competitive-intelligence: other bakeries, other gyms, rivals do, prices of rivals, rivals' websites,
  what's new at, their new product, who are my competitors, similar startups, how do others
+osint: photo where, skyline in picture, which street, seller real, company really exist, who registered,
  username*0.5, same person accounts, ship position, satellite picture shows
+patents-search: gadget new, invented something, bottle opener, similar invention, anything like it,
  nobody else has, filed before, can i file, mechanism already, protected in, device like mine, inventing*0.6,
  clever gadget, already on file, previously filed
+philosophy: lie to friend, trolley*0.5, ought*0.5, justice*0.5, fair or unfair, obligation to,
  free will exist, right to die, self-driving who should die
+history: letter from 1916, uniform photo, which battle, house built in, street named, why did rome, king*0.3,
  queen*0.2, soldiers in 1944, old coin from, castle*0.5, castles*0.5, medieval town, city wall, colonial*0.5,
  slave trade, slavery*0.5, black death, plague*0.5, samurai*0.5, pharaoh*0.5
+genealogy: grandmother born, grandfather born, born in 1890s, church books, village in, names changed,
  arrived in, orphan*0.5, adopted*0.4, surname comes, half brother, family bible, who was my, passenger list,
  passenger lists, shtetl*0.5, emigrants*0.5
+engineering: lift weight, carry a load, heavy load, machine part, water pressure, motor size, dimension*0.3,
  frame bends, stress on
+structural-engineering: wall between kitchen, open up the living, beam size, snow load, piano on floor,
  aquarium weight, terrace on roof, attic floor hold, deck posts, bridge sway, cracks widen,
  basement wall bows, tree house
+electrical-engineering: led strip, battery pack, burn out, doorbell circuit, humming speaker,
  solar charger circuit, voltage drops, wire thickness, short circuit, boards smell, heats up chip,
  radio circuit, sensor board
+symptoms: my chest, my knee swollen, since tuesday, three days fever, kid has fever, coughing for weeks,
  pain when, pain under, pain in my, lower right, side pain, sharp pain, dull*0.5, woke at night pain,
  spinning head, room spins, see double, weird rash, itchy eyes, lump in, blood in, bitten by tick, tick bite,
  swollen after, racing pulse, go to the er or, wait until monday, call doctor or, worse when lying, limp*0.4,
  tired all the time, losing hair, yellow eyes, tingling fingers, numb arm
+emergency-medicine: drank bleach, hit his head, stopped breathing, baby choking, allergic swelling,
  knee wound, deep cut, snake*0.5, burn blister, scald*0.5, seizure*0.6, drowning*0.6, electric shock,
  hikers injured, until help arrives
+medications: blood thinner and, pills and alcohol, new tablets, tablets with, with my antibiotics,
  antidepressant with, seven pills, forgot pill, twice by mistake, double dose, expired pills, sleepy pills,
  painkiller with, safe while pregnant, breastfeeding and, herbal tea with, cheaper version medicine,
  mother's pills, grandma's pills, prescriptions from different doctors, cough syrup, st john's
+medical-imaging: shadow on, spots on scan, outline the tumour, outline organs, read x-rays, bone age,
  bleeding on scan, compare scans, measure the tumour, fracture line
+lab-results: numbers in red, arrows on my, lab printout, blood drawn, iron low, sugar high, liver values,
  what does high, slightly high, results online, printout from the lab
+clinical-trials: join trial, recruit patients, enough patients, match patients, qualifies for, placebo group,
  experimental drug, new treatment for my, last treatment failed, trials near, who qualifies, hospital study
+clinical-documentation: doctor dictates, ten minutes per patient typing, patient talked,
  conversation into record, handover note, ward round, letter to the gp, referral*0.5, visit into notes,
  vet notes, therapist notes, history of patient
+medical-coding: denied by insurer, diagnosis to code, procedures to codes, wrong code, claims bounce,
  bounced claims, insurance keeps rejecting, billing department, appeal denial
+patient-communication: before surgery explain, scared patient, what happens during operation,
  consent in simple, explain to my father his, diagnosis to a child, translated from doctor, discharge papers,
  leaflet*0.5, aftercare instructions
+public-health: everyone got sick, wedding food sick, cases per week, town outbreak, spreads fastest,
  which village first, school flu, vaccinate first, mosquito disease, dengue*0.5, cholera*0.5,
  tuberculosis*0.5, masks*0.5, water source, stop the spread
+mental-health: panic on bus, can't sleep worry, breakup devastated, husband died, mother died grief,
  lost my father, feels numb, everything pointless, no motivation, exam fear, fear of flying,
  social situations, hate myself, overwhelmed at work, breathe slowly, calm me, calming*0.5, cheer up,
  stressed out, colleague burned, breakdown*0.3, talk about my feelings, feelings*0.6, lonely evenings,
  listen to me
+physiotherapy: desk job neck, sit eight hours, sitting all day, knee stairs, ankle twisted,
  shoulder can't lift, after hip surgery, hip*0.5, cast off, back lifting, tennis elbow, runner's knee,
  wrist*0.5, wrist typing, stretch for, muscle tight, bad posture, strengthen*0.5
+nutrition: kilos before summer, vegan athlete, protein without meat, blood sugar meals,
  lower cholesterol food, toddler eats, iron food, milk alternative, foods to avoid, calories in,
  snacks healthy, eat during pregnancy, marathon food
+fitness: first five kilometres, couch*0.5, three times a week, no equipment, at home exercises,
  twenty minutes a day, beginner gym, bench*0.5, biceps*0.5, abs*0.5, knees bad exercise, after baby exercise,
  pushups*0.5, pull up, weights*0.4, lifting*0.5
+elder-care: mother fell, dad forgets, father with dementia, stays alone, stairs mother, meals for mother,
  care for my parents, wanders*0.5, wandering*0.4, home for my mother, nurse at home, parent living far,
  check on my mother, hearing worse
+contracts: lease car clause, gym contract, phone contract clause, supplier can raise, cancel anytime,
  notice to cancel, what i'm agreeing, landlord's contract, freelance contract, publisher's contract,
  before i put my name, put my name on, dotted line, penalty if late, who owns the work, exclusivity*0.6,
  exclusive*0.3, forty pages, paragraph seven, clause means, differences between versions of agreement,
  their changes to our, signature needed
+privacy-law: cameras at the entrance, film employees, mailing list legal, customer asks for his data,
  asks us to delete, patient data app, children's app data, tracking on site, spreadsheet of customers left,
  lost laptop customers, usb stick lost, leaked addresses, sent to the wrong person, allowed to keep,
  how long may we keep, store addresses, collect birthdays, birthdays*0.3, photos of pupils,
  permission to use photos, consent of, european customers, what personal
+intellectual-property: someone sells my, t-shirt with my drawing, my recipe*0.2, copied website,
  name of my band, band name taken, register name, photos from internet, music in my video, song in video,
  sample in my song, font license, employee invented, use a logo, sue us over name, disney*0.5, look-alike,
  counterfeit*0.5, imitate our, idea stolen, clone of our app
+employment-law: fired by text, fired after, boss cut hours, unpaid*0.6, unpaid internship, pregnant fired,
  sick and fired, contract not renewed, work during holidays, holiday refused, breaks at work, tips taken,
  colleague harasses, boss shouts, reference from employer, quit without notice, probation fired,
  works council, night work pay, replaced by younger, too old for job, last paycheck, withheld wages,
  final pay
+tenancy-law: mold landlord, mould in the bedroom, landlord enters, enters without, heating off winter,
  rent doubled, dog not allowed flat, sublet room, deposit paint, paint before moving out,
  scratches on floor deposit, neighbour loud, roommate left rent, landlord sells, kicked out by,
  repairs landlord, broken lift rent, stuff in my old flat, keys returned, utility costs landlord,
  moved out months ago, still has my deposit
+family-law: ex-husband refuses, ex won't let, kids after divorce, moving away with kids, stepfather adopt,
  unmarried father, grandparents see, house after divorce, pension after divorce, living together breakup,
  name change, marriage abroad recognised
+wills-estates: uncle left, brother took everything, no will, without a will, debts after death,
  house of parents, stepmother gets, bank account of dead, letter from notary, leave everything to,
  my dog when i die, decides if i'm in coma, coma*0.6, signing for my mother
+immigration: fiance abroad, engineer from india, hire from abroad, nurse from philippines,
  student stays after, visa refused, refused visa, overstayed*0.5, child born abroad, dual nationality,
  nationality*0.6, passport for baby, waiting for papers, bring parents over, job offer abroad, move to spain,
  move to portugal, digital nomad
+consumer-rights: washing machine died, phone died after, airline refuses, hotel refuses, seller disappeared,
  bought online broken, subscription trap, can't cancel, trial became paid, double charged by shop,
  repair refused, wrong size returned, guarantee*0.6, faulty*0.7, toaster*0.5, used car lied, dealer lied,
  builder disappeared, kitchen delivered late
+legal-research: how have judges, judges decided, decisions about, older rulings, find rulings,
  a court has said, has any court, similar dispute, paragraph of law, which paragraph, which law,
  law says about
+litigation-support: ten thousand emails lawyer, sort documents lawyer, chronology*0.6, timeline for lawyer,
  evidence order, prepare witnesses, hearing next week, case file, privileged*0.5, opposing side
+corporate-law: cofounder leaves, shares for employees, sell half, investor wants, turn into a limited,
  partnership agreement, merge two companies, buy competitor, sign for the company, gmbh*0.5, ltd*0.5
+compliance: auditor tomorrow, inspection kitchen, rules for drones company, rules for selling,
  warn us when rules, regulation changes, new law means for us, fine for, training required, prove we did,
  keep records years, checklist for audit, gifts from suppliers, accept gifts, conflict of interest,
  who approved, bank licence, safety rules
+mediation: two brothers, sisters fight, shared driveway, loud neighbour, dog barking neighbour,
  partners disagree, team split, family business fight, split the farm, tree over fence, agree on something,
  calm both, neutral*0.6, neutral person, third person, both parties
+permits-licensing: sell food at market, street musician, food truck, build garage, garden house,
  tree removal, fireworks permission, open a bar, taxi licence, hairdresser licence, drone licence,
  fishing licence, street closed for, register dog, hang a sign
+benefits-welfare: lost job rent, single mother, disabled son support, unemployed*0.6, support for parents,
  child money, student support, heating help, caring for parent money, rejected application support,
  reduced hours
+emergency-management: river floods, storm coming town, villagers*0.5, villages cut off, shelters full,
  rescue teams, blankets*0.5, volunteers in disaster, who needs help first, fire near town, earthquake bag,
  blackout plan, siren*0.5, aid trucks, tsunami*0.5, cyclone*0.5, landslides*0.5
+fundraising: choir needs money, church roof, school needs money, donations dropped, donors stopped,
  sponsor for team, investors deck, convince angel, campaign for shelter, crowdfund*0.5, raise ten thousand,
  pitch investors
+accounting: bank and books, balance off, off by, receipts photographed, december closing, close december,
  which account does, asset write down, bookings wrong, payments without invoice, ledger mismatch, petty cash,
  match every payment, supplier statement, unexplained difference
+tax: youtube income, airbnb income, sold shares tax, sold crypto, moved abroad tax, home office,
  car for work, two countries tax, inherited tax, first year freelance, vat abroad, tips taxed, gift taxed,
  tax bill, paid too much tax, kids deduct, donate and deduct, which receipts, quarterly payments
+invoicing: three clients, still owes, ninety days late, reminder letter payment, polite reminder money,
  freelancer unpaid, bills for hours, hours into bills, customer ignores bill, send bills, paid only half,
  match payments, due last month, chase payments, collecting debts, late payers, awkward to ask for money,
  forty invoices
+budgeting: broke by the 20th, broke by, couple spends, coffee spending, groceries cost, where my salary,
  save for a house, save for holiday, track every, first salary, student money, roommates costs,
  kid's allowance, envelope*0.5, cut back, which subscriptions, unused subscriptions, month left at the end,
  too much month
+fp-and-a: months left, hire five, bakery second oven, open second shop numbers, loan for machine worth,
  lose our biggest client, worst case cash, january to december plan, cost per unit, profit per,
  make money on each, money on each, when profitable, budget for next year, actual versus,
  spending against plan
+investing: twenty thousand euros, inherited fifty, savings account interest, monthly saving,
  kids' college fund, too many tech stocks, all my money in, old pension fund, buy gold,
  apartment as investment, lose sleep markets, fees of funds, green funds
+trading: moving average, bot buys, signal*0.3, spread*0.2, volatile days, overnight positions, position size,
  currency pairs, order execution, market crash strategy
+equity-research: annual report says, profits fell but, hidden in footnotes, company debt, quarterly numbers,
  management said, compare two companies, worth buying shares, should i trust numbers, red flags in accounts
+credit-lending: three cards, minimum payment, interest eats, loan refused, score low, lend to friend,
  bakery loan, pay off first, which debt first, borrowers default, student debt, consolidate*0.5,
  applicants repay
+fraud: card in another country, twenty small payments, refunds to same, same address orders, fake customers,
  stolen identity, caller says bank, grandparent called, grandson accident, invoice changed, iban*0.5,
  new bank details, supplier emailed new account, employees stealing, cash missing, odd claims, fake reviews,
  bots sign up, suspicious orders, gift cards*0.5, romance scam, met online asks for money, crypto doubling,
  lottery won
+insurance: pipe burst, bike stolen, phone stolen insurance, hit a deer, ski accident,
  cancelled trip insurance, neighbour's tree roof, which insurance do i need, insurance for freelancers,
  dog bite, house burned, cheaper insurance, compare insurance, roof after storm, hail*0.5, read my policy,
  covered abroad
+claims-handling: photos of damage, bumper photo, roof photos, estimate repair, settle claims,
  hundred claims after storm, claim paid, who hit whom
+procurement: three bakers flour, flour supplier, office chairs for, two hundred chairs, laptops for staff,
  cheapest reliable, supplier late, replace supplier, compare bids, printing company find, factory that makes,
  who makes, buy wholesale, wholesale*0.5, order fifty
+strategy: second shop, third location, competitor opened across, sales shrinking, sell online too,
  drop a product, which customers to focus, next step for company, partner with, five years from now,
  franchise*0.5, close a branch, worth entering, enter a market
+product-management: users want everything, feature or bug first, what next release, small team wishes,
  two customers want opposite, describe the feature, turn idea into, scope first version, first version,
  minimum version, wish list of users, priorities*0.5
+project-management: kitchen renovation late, launch in six weeks, three teams one date, who is blocked,
  blocked by, waiting on, nobody knows status, plan backwards, steps and dates, move office project,
  slipping*0.5, tasks owner, weekly status, keep volunteers on, remember who promised, follow up with everyone
+operations: every branch different, new shop same way, queue at counter, orders get lost, paper slips,
  time wasted walking, morning routine shop, opening checklist, closing checklist, who approves, handed over,
  slow process, write down process, map how we
+meetings: two hours talking, talked in circles, nobody remembers, everyone remembers differently,
  board talked, weekly call, decisions list, send round, promises from, tasks from call, missed meeting,
  who said what, workshop with twenty, run a workshop, keep discussion
+calendar: doctor and school pickup, five people, three countries, new york and berlin, meet next week,
  dentist and, overlapping*0.5, overlap*0.5, find forty minutes, before friday meet, cancel and move,
  soccer practice and, whole family week, remind me, birthdays*0.5, book slots, customers book,
  bookings for hairdresser, thursday afternoon, shift my, summer time, busy weeks
+email: four thousand messages, wrote me weeks, answer later, sort newsletters, boss's messages,
  find the message, message from landlord, write to supplier, reply to complaint, decline politely,
  decline*0.4, decline an invitation, thank after interview, chase an answer, sounds rude,
  too many newsletters, follow up who, unanswered*0.5, drowning*0.5, backlog of messages
+document-processing: two thousand scans, drawers of paper, filing cabinets, cabinet of, photographed forms,
  delivery notes, numbers from scans, handwritten recipe, doctor's handwriting, old ledgers,
  typed into system, pages into spreadsheet, bank statements pdf, extract totals, passports scanned, sign pdf,
  fill pdf, page missing, stamps and signatures, meter photos
+file-organization: six thousand photos, holiday pictures folders, names like img, duplicate pictures,
  newest version file, three drives, external drive, clean my drive, shared folder chaos,
  where is the contract, find old file, same file twice
+presentations: ten slides, boss in ten minutes, investors in five, too much text slides, conference friday,
  story for board, nervous talk, explain strategy to staff, class presentation, deck for client
+knowledge-management: expert retires, colleague retires, knows everything retiring, ask steve,
  how do i file vacation, same question to it, handbook nobody, answers in chat history, new people ask,
  policies where, find in thousand documents, internal questions, lessons learned
+recruiting: nurse shortage, fifty cvs, three hundred cvs, cook for restaurant, hire first, ad for a job,
  nobody applies, which applicant, compare candidates, questions for candidates, find welders,
  electricians wanted, replace retiring, junior hire, hire students
+career: applied fifty, eighty applications, no replies, after ten years same, teacher wants out,
  nurse wants out, turn forty career, two offers, return after baby, gap years, interview google,
  weaknesses question, raise talk, skills to learn, which training, fits my skills, jobs for someone who,
  cv one page, military to civilian
+performance-reviews: employee late always, tell him his work, praise and, criticism*0.5,
  write reviews for team, six employees, goals for next year, improve an employee
+employee-engagement: three people quit, remote team lonely, team quarrels, friday game team, anonymous mood,
  colleagues don't talk, christmas event team, motivate my team, why staff leave
+onboarding-training: ten new, new cashier, first day, teach forklift, teach machine, safety training new,
  learn software new, training for waiters, seasonal workers, ramp up, volunteers training
+shift-scheduling: six waiters, twelve nurses, weekends fair, two sick, someone ill tonight,
  students work evenings, night shifts even, max forty hours, lifeguards*0.5, rota for, cover saturday,
  kitchen staff week, day off requests, who can replace
+negotiation: car dealer, rent lower, salary higher, supplier ten percent, contract renewal price,
  house price offer, flea market, ex-partner money, client wants discount, hostage*0.5, offer too low,
  lowball*0.5, push back
+sales: doors closed, customers hesitate, hesitate*0.4, too expensive they say, explain value, demo tomorrow,
  follow up after quote, quiet customers, pitch in two minutes, more orders from
+lead-generation: dentists in bavaria, restaurants that need, list of schools, email of the, who decides at,
  find hotels that, first hundred customers, cold messages, companies with more than, introduce myself to,
  contact fifty
+customer-support: buyer furious, furious*0.5, guest upset, guests complain, wants refund,
  parcel late customer, answer the same, answers for buyers, reply to customer, hundred emails a day from,
  write to an angry, phone rings, after hours calls, explain to customer, cancelled order customer,
  calm down customer, wrong item, soothe*0.5, apologise*0.5
+ticket-routing: mails to info, requests wrong person, sort by urgency, emergencies first, who gets this,
  tenants' messages, incoming requests, billing or technical, forward to the right, assign automatically
+chatbots: night questions, site visitors ask, whatsapp questions, order by chat, book by chat,
  hotel guests ask, automatic answers, opening hours questions, hand over to person
+reviews-feedback: google stars, three stars, guests wrote, what guests say, negative comments,
  why low rating, rating dropped, respond publicly, reviews say about, app rating, praise and complaints
+it-support: grandma's laptop, tablet won't, wifi password, printer blinking, blinking*0.5, black screen,
  outlook won't, camera not working in, sound gone, update stuck, mouse dead, caps*0.5, two monitors, slow pc,
  old laptop, disk full, phone storage, storage full, photos to computer, can't open file, restart helps,
  beeps*0.5, password forgotten, account locked, install printer
+marketing: empty cafe, cafe empty, hall half empty, new gym members, students know, more bookings,
  fill the seats, autumn sale, launch candle, few visitors, opening of my, families to museum,
  neighbourhood knows, customers under thirty, younger customers, tell the town, word of mouth
+seo: google doesn't show, plumber near me, third page, below rivals, nobody clicks, visitors from search,
  google lost, disappear from google, words people type, type into google, show first
+social-media: instagram bakery, three posts, thirty posts, teens*0.4, teenagers*0.4, videos get ten views,
  views*0.4, shares*0.2, when should i post, comments nasty, shitstorm*0.5, followers fell, influencers for,
  post ideas, stories ideas, plan posts
+copywriting: candle description, product sounds dull, sentence for van, text for menu, button text,
  hotel description, house ad, headline for, sells itself, irresistible*0.5, dull*0.4, make people want,
  airbnb description, dating text, words on packaging
+branding: name for bakery, name for app, name for a podcast, looks like every, feel premium,
  personality of company, consistent look, new name, mascot*0.5
+public-relations: recall public, newspaper accused, mayor angry, statement about accident, journalists ask,
  opening announcement, local radio, explain layoffs, damage control, on the news
+events: sixty people, school reunion, band and food, tent for, room for eighty, parents' golden,
  golden wedding, kids' party, company outing, speakers and rooms, village fair, charity run, invite list,
  retirement party, lights and sound stage, baby shower
+weddings: uncle drunk, 120 guests, seating enemies, small wedding, wedding abroad, cheap wedding,
  ceremony*0.6, first dance, rings*0.5, bachelorette*0.5, elope*0.5
+ecommerce: cart abandoned, buyers leave, checkout leave, shop for socks, online sales, fifty products,
  product photos and, shipping costs shown, sells on amazon, returns too many, list my products,
  variants of shirt, sell prints
+shopping-advice: quiet vacuum, running shoes for, cheap projector, stroller*0.5, pram*0.5, tent for four,
  coffee machine under, camera for beginner, gift for teacher, gift for grandpa, christmas gift, toaster or,
  worth upgrading, second-hand or new, reliable washing machine, bike for, price history, sale coming,
  wait for sale, cheaper next month, mattress*0.5, headphones under, tv for bright, which model, toy for
+inventory: shelves half, milk expires, expires*0.5, out of size, sizes missing, warehouse full,
  christmas leftovers, reorder flour, how many jackets, count says, computer says we have, missing items,
  spoil*0.5, throw food away, order enough, too many umbrellas
+security: worried about attack, small company safe, safer*0.5, hackers get, steal our data,
  protect customers, hospital attacked, safe passwords staff, strangers in network
+vulnerability-scanning: old wordpress, outdated plugin, plugin holes, library hole, emergency patch,
  scan our, which servers vulnerable, leaks through form, weird input steals, inject*0.5
+penetration-testing: hired to break, attack our website, attack with permission, like a burglar,
  get past login, get past, test our defences, prove we can be hacked, way inside
+incident-response-security: screens show ransom, files renamed, server sends spam, someone logged in as,
  data for sale, stolen data online, pull the plug, which machines infected, how far did they,
  notify after attack, laptop behaves, evidence for police, intruder still inside
+soc-monitoring: thousand warnings, logins failing, hundred failed logins, midnight login, downloads huge,
  exports everything at night, employee downloads, watch over network, alarm real, false warnings
+phishing-defense: bank text message, parcel text, parcel message fee, link in message, boss wants transfer,
  ceo email, gift cards, invoice attached strange, tax refund email, password expired email,
  looks like microsoft, strange attachment, clicked and entered, grandma clicked, train staff to spot,
  weird sender, login page looked, qr code, urgent*0.3, urgent message from, real or scam, is it a scam
+malware-analysis: usb stick found, exe from, macro document, program hides, file do when run, phones home,
  strange binary, cracked game
+secrets-management: keys on github, password in chat, shared password, passwords in spreadsheet, key in code,
  intern pushed, leaked token
+identity-access: fired employee, contractor still, everyone is admin, who can see salaries, salary folder,
  interns see, left last year account
+privacy-engineering: card numbers in logs, names in screenshots, where do we keep personal, emails in test,
  blur faces, hide faces
+flights: london to, berlin to, to tokyo, to lisbon in, to bali, sister in australia, cheapest day, mid-june,
  change planes, two stops, kids on plane, fly with dog, points for ticket, red eye, return on sunday,
  home for christmas, be there before noon, fly to, airport to airport, there and back, seat together,
  legroom*0.5
+hotels: quiet near, near the station, under 100 a night, pool for kids, breakfast included, sleep near,
  dog allowed, beds for five, cabin*0.5, late arrival, spa weekend, room for two, night near airport,
  lake view, sleep in, overnight in, guest room, with parking, group of twelve sleep
+itinerary: five days, seven days, ten days, three cities, two weeks, kids and grandparents trip, rainy day,
  must-see, skip crowds, order of cities, museum and beach, honeymoon*0.5, cruise stop, six hours in,
  layover visit, loop from, road through, east to west, drive through, weekend for couples, first time japan
+local-guide: avoid crowds, real food, local bars, live music tonight, flea market, best view,
  where do people, safe neighbourhood, what's the custom, dress for temple, temple visit, bargain at market,
  tip taxi, sunday in, hidden*0.3, hidden beach, authentic*0.5, playground near, quiet park, christmas market
+visa-travel: brazilian passport, indian passport, transit through, stay 90 days, six months passport,
  kid's passport, vaccination card, work while travelling, letter for border, dog papers
+travel-disruption: train strike, airline cancelled, volcano ash, missed ferry, hotel overbooked,
  luggage in paris, four hours late, eight hours late, stuck in, last connection, airline bankrupt,
  passport stolen abroad, rebooked*0.5, snow closed airport
+ground-transport: trains to, bus from, ferry to, sleeper train, car in sicily, small car, one-way car,
  airport at 4am, bike on train, wheelchair train, cheapest train, rail across, station to, scooter rent,
  hitchhike*0.5
+outdoor-recreation: hut*0.5, three-day walk, easy walk, kids hike, dog hike, glacier*0.4, snowshoe*0.5,
  river paddle, wild camping, sunrise from, map and compass, loop walk, blister*0.5, cold sleeping bag,
  sleeping bag
+logistics: pallets to, piano to, fragile*0.5, fridge truck, ship to canada, forty tonnes, machine to india,
  sea or air, cheapest way to send, customs and truck, exporter*0.5, send samples, vaccines cold,
  furniture abroad, container late, empty trucks, half empty trucks, trucks half, load trucks
+route-planning: thirty parcels, sixty parcels, nurse visits patients, visit twelve customers, school bus,
  garbage truck, garbage trucks, snow plough, bread delivery, flower delivery, two vans, drivers meet,
  shortest tour, order of stops, drive less, less diesel, deliver before noon, bike couriers, meals on wheels,
  elderly customers visits
+warehousing: pickers*0.5, walking miles, where to store, heavy boxes, find the box, shelves layout,
  forklift routes, boxes per hour, christmas peak packing, returns pile, pack orders
+customs-trade: cheese to usa, wine to usa, machines to china, bike from japan, code for goods,
  held in rotterdam, duty on, swiss border, allowed to import, banned country, embargo*0.5, paper for customs,
  samples abroad, tax at the border, origin papers, classified as
+predictive-maintenance: bearing noise, pump louder, escalator*0.5, lift stops, turbine vibrates, motor hot,
  compressor*0.5, fails every, replaced too early, sensor on machine, planned stop, service visit,
  washing machines in laundromat, broken twice, belts*0.4, conveyor stopped
+manufacturing: thousand bottles, prototype to production, screws*0.5, metal brackets, aluminium part,
  wooden toys, sewing factory, settings of machine, parts out of tolerance, drill bit, small factory,
  glue machine, painting line, mill a
+robotics: arm drops, arm misses, grips*0.5, gripper slips, cups*0.5, eggs without breaking,
  pick strawberries, pick apples, sort laundry, warehouse robot, robot waiter, dog robot, two arms,
  moves boxes, screwdriver robot
+robot-navigation: vacuum stuck, robot lost, hospital corridors, glass doors, around people, carpet edges,
  maps the house, docking station, corridor*0.5, corridors*0.5, outdoor robot, potholes*0.5, mower edges,
  finds its dock
+robot-control: trembles*0.5, shaking*0.5, shakes at, slow and smooth, too fast stops, balances*0.5,
  inverted pendulum, tilts*0.5, drone wobbles, legs*0.3, joint limits, vibrate*0.5, backlash*0.5
+energy: factory power, peak price, batteries when cheap, wind tomorrow, cloudy days, grid overload,
  charging trucks, village without electricity, diesel generator, generator*0.5, meter readings
+home-energy: bill tripled, old fridge, radiator cold, heat pump or gas, windows draughty, freezer uses,
  save on heating
+agriculture: maize field, olive trees, vineyard rain, frost in orchard, apple trees, tractor breaks,
  wheat price, goats milk, cows milk, soil sample, water shortage, how much fertiliser, drone field,
  harvest date, beehive*0.5, beehives*0.5, rice field, strawberries*0.4, banana*0.4, cocoa*0.5, cotton*0.5
+telecoms: tower*0.5, rural internet, village internet, ship internet, calls echo, roaming bill, phone abroad,
  router provider, fiber to the, mast*0.5, hotline busy, sim*0.5
+construction: extension cost, attic conversion, builder quote, foundation wet, roof tiles, plan of bathroom,
  order of trades, concrete for, garage slab, permit plan drawings, carport*0.5, pool build, builder late,
  insulate roof
+real-estate: two rooms near, flat near university, buy or rent, sell quickly, price for my flat,
  ask for my house, neighbourhood with schools, garden and garage, first flat, rent out, invest in flat,
  house photos, studio*0.2, commute under, landlord wants references
+editing: thesis english, cv typos, report to boss, native speakers, make shorter, reads stiff,
  sentences too long, consistent spelling, british spelling, final check, polish my, repeated words,
  grant text, novel chapter check, clean up my english, article by tomorrow
+summarization: 300 pages, eighty-page, forty-page, five papers in, podcast in, book in ten, minutes read,
  boil it, chat history, hundred messages group, contract in one page, law in simple, key facts,
  what did i miss, while i was away, in five minutes, for the minister, for my boss, shorter version,
  one minute, long emails
+creative-writing: bedtime*0.5, spaceship*0.5, murder*0.4, love story, chapter ten, ending*0.5,
  invented country, talking cat, haunted*0.5, magic school, pirate*0.5, pirates*0.5, princess*0.5,
  ghost story, world with two suns, story for kids
+speechwriting: best friend's wedding, retire colleague, father's 80th, 80th birthday, sister marries,
  funeral words, opening words, thank the team, graduation*0.5, five minutes at, speak at, toast to
+technical-writing: washing machine manual, app help, explain buttons, how-to for, setup steps,
  guide for grandparents, instruction sheet, assembly steps, customers call because,
  nobody understands manual, screenshots and, explain our software, machine operators
+letters: landlord letter, school excuse, excuse letter, neighbour letter, teacher thank, insurance letter,
  complaint to airline, cancel letter, apology to friend, to the mayor, recommendation for student, santa*0.5
+journalism: council minutes, story behind, leaked documents, interview questions for, small town news,
  summarise today's, election night, follow the money, headlines from
+style-rewriting: legal letter simple, doctor letter simple, for ten-year-olds, too harsh, too rude,
  less formal, email softer, angry email, nicer*0.5, more confident, teenagers understand,
  government text simple, easy words, sound smarter, for non-experts, for laypeople, non-experts
+translation: grandmother's letters, letters from 1920, birth certificate, menu*0.5, menus*0.5, court papers,
  website into, manual into, from portuguese, from polish, from dutch, from turkish, from hungarian,
  from vietnamese, finnish letter, contract in chinese, spanish tenants, understand my in-laws, tattoo in,
  hotel signs, recipe in italian, mother-in-law speaks, patients who speak, refugees speak,
  doctor speaks only, written in arabic, reads only, song meaning, what does the sign say, kenyan*0.5,
  hanoi*0.5, quechua*0.5, yoruba*0.5, zulu*0.5, amharic*0.5, nepali*0.5, punjabi*0.5, burmese*0.5, khmer*0.5,
  lao*0.5, mongolian*0.5, georgian*0.5, armenian*0.5, albanian*0.5, serbian*0.5, croatian*0.5, slovak*0.5,
  slovenian*0.5, bulgarian*0.5, estonian*0.5, latvian*0.5, lithuanian*0.5, icelandic*0.5, maltese*0.5,
  afrikaans*0.5, somali*0.5, kurdish*0.5, pashto*0.5, malayalam*0.5, telugu*0.5, marathi*0.5, gujarati*0.5,
  sinhala*0.5, javanese*0.5, creole*0.5, esperanto*0.5, hausa*0.5, igbo*0.5
+localization: game in korean, app in arabic, thirty languages, button text too long, german version,
  french version, slogan abroad, right to left, currency and dates, store page in
+subtitling: film without sound, deaf viewers, netflix*0.5, words under, course videos, spanish film,
  lines too fast, burned*0.5
+language-learning: order coffee, in-laws italian, talk with grandparents, fifty words, before trip, b1*0.5,
  a2*0.5, move to france, italian for, understand movies, chat partner, correct my mistakes, gender of nouns,
  tones*0.4, alphabet*0.5
+transcription: two-hour interview, lecture recording, oral history, grandfather's tapes, voice messages,
  dictated*0.5, court hearing recording, focus group tapes, podcast text, radio interview text, six voices
+video-editing: kids' birthday clips, wedding clips, three hours of, drone clips, silence cut, trailer for,
  game clips, intro for, vertical clips, best of, slow motion, school play film, interview cut,
  twenty minutes into two
+audio-engineering: plane noise, two microphones, band demo, choir recording, voice too far, rustling*0.5,
  room echo, click sounds, old records, vinyl into, hum from, whispering*0.4, phone interview quality,
  mumbling*0.5, loud intro
+photo-editing: ex from photo, power lines, eyes closed, grey sky, passport photo, shop photos white,
  hundred photos same, wedding 1950, scratches*0.5, group photo, sky blue, product photos
+graphic-design: bakery sign, label for honey, label for jam, band poster, flyer for, cafe menu, icon for app,
  logo for, t-shirt, sticker*0.5, tournament poster
+ux-design: half give up, give up at, sign-up drops, don't see the button, grandparents use, booking steps,
  test with five, menu confusing, first-time users, ask users, watch users, draft screens, ticket machine,
  form abandon
+interior-design: dark hallway, tiny kitchen, rented flat, baby room, colours for bedroom, where desk,
  home office corner, bookshelf*0.5, sofa and table, small bathroom, north facing
+music-composition: waltz*0.5, for violin, jingle for, birthday song, school song, lyrics about,
  game soundtrack, theme for podcast, wedding march, hymn*0.5, melody for, verse and chorus, choir piece,
  rap about, film scene music, meditation music
+music-theory: capo*0.5, minor*0.5, sharp and flats, voice too low, trumpet part, parts for,
  from recording write, notes from, chords to, for my choir, higher for, guitar version, write out notes
+music-lessons: adult beginner, left hand, old piano, strings hurt, barre*0.5, kid hates practising,
  choir practice, sight*0.5, first concert, learn drums, breathing singing, ten minutes a day instrument
+music-discovery: song from advert, song from film, nineties party, running songs, dinner guests music,
  like radiohead, like mozart, calm evening music, song without words, la la, chorus goes, remember melody,
  road trip songs
+game-development: jumping feels, multiplayer desync, frame drops, level loading, mobile game, enemies stuck,
  first game, save game, inventory system, platformer*0.5, tile map, cube*0.4
+game-design: boss too, too easy after, players bored, economy of game, cards unbalanced, two-player,
  rules confusing, puzzle for players, first ten minutes, reward players, skill tree
+tabletop-games: four friends saturday, one evening adventure, vampire*0.5, innkeeper*0.4, monster for,
  plot for players, rogue*0.5, paladin*0.5, treasure*0.5, cursed*0.5
+chess: lost in twelve, beat my uncle, beat my grandfather, opening for black, opening for, tactics puzzle,
  blundered*0.5, which move, rating 1200
+puzzles-trivia: quiz for, forty questions, birthday treasure hunt, museum hunt, seven-letter, escape game,
  brain*0.5
+home-repair: shower cold, shower leaks, doorbell dead, parquet*0.5, fridge noise, toilet runs,
  radiator knocks, bathroom fan, wobbly table, chair broken, window won't, lock stuck, key stuck, drawer*0.5,
  dryer*0.5, oven won't, wall damp, silicone*0.5, hinge*0.4, squeak*0.5, lamp install, bathtub*0.5,
  roof drips, drilled into, ceiling wet
+smart-home: lights when sun, arrive home, leave for work, alarm when window, window open heating,
  kids asleep, bedtime lights, wake-up light, vacation lights, plants watered automatically,
  doorbell rings phone, cat feeder, garage open, energy cheap, heating when, tv off, one button,
  speaks to lamp, presence*0.5, temperature in every, fan when hot, water leak sensor, curtains*0.5
+gardening: roof garden, slugs eat, tomatoes in pots, moss*0.5, apple tree cut, which flowers, bees garden,
  shade plants, sandy soil, clay soil, frost kills, herbs kitchen, compost smells, lawn patches,
  when to harvest, pumpkins*0.5, strawberries*0.5, watering holiday
+parenting: newborn cries, cries*0.4, tantrum supermarket, teen phone, eats only, first-grader,
  bullied at school, homework fights, twin*0.5, twins*0.5, jealous of baby, screen addiction, lies to us,
  kindergarten start, bed at eight, swears*0.5, imaginary friend
+relationships: text her, he doesn't answer, long distance, anniversary idea, ask her out, friends drift,
  toxic*0.5, forgive*0.5, propose*0.5, in-laws visit
+tutoring: fractions*0.5, daughter algebra, percent explained, explain gravity, photosynthesis*0.5,
  stuck at question, school physics, latin homework, essay help school, why is, without the solution,
  hint*0.5, tables of seven, long division, chemistry class, calculus*0.5
+exam-prep: anatomy names, law exam, two hundred terms, vocab test, nursing exam, in three weeks,
  driving theory, remember names, what i read fades, citizenship test, read but forget
+curriculum: first aid course, eight lessons, teach excel to, course for beginners, ninth grade, class of,
  evening course, workshop for, tasks for class, teach about, sessions plan, refugees german course
+grading: essays by monday, sixty essays, thirty essays, mark*0.5, marks*0.5, fair points,
  feedback for each student, exam questions from, multiple-choice from, lab reports mark, presentations mark,
  copied*0.4, cheating*0.5
+admissions: oxford*0.5, harvard*0.5, med school, art school, master abroad, motivation*0.5, statement*0.5,
  which degree, tuition too high, exchange year
+accessibility: blind uncle, colour-blind, tremble*0.5, big letters, hears nothing, site for blind,
  read screen, describe photos, museum for blind, dyslexic readers, one-handed
+cooking: fridge has, only onions, leftover rice, leftover chicken, guests vegan, without dairy, no oven,
  rescue soup, tough meat, replace eggs, roast for eight, quick lunch, ten minutes meal, kids' dinner,
  camping stove, fish tonight, sauce split, pumpkin*0.5, beans*0.5, cabbage*0.5, spinach*0.5,
  ingredients at home, spice missing, empty fridge
+baking: dense loaf, cake dry, wedding cake, cookies spread, no yeast, gluten free bread, cracks on,
  dough sticky, oven too hot, starter died, rises*0.5
+meal-planning: family week, sixty euros, lunch at work, five dinners, gluten and vegan, diabetic week,
  shop once, batch*0.5, kids lunch, camp food, fifty scouts, cook sunday
+restaurants: twelve people eat, birthday dinner, vegan place, late night food, quiet table,
  first date dinner, kids friendly restaurant, business lunch, no-shows tables, menu prices
+drinks: wine for, coffee sour, sour*0.3, beer at home, party drinks, non-alcoholic, whisky gift, tea for,
  pairs with, bar menu, foam*0.4
+sports-coaching: u12*0.5, under-12, eleven-year-olds, faster serve, swim technique, marathon under,
  first 10k, goalkeeper training, passing*0.5, warm up team, season plan, free throws, climb harder,
  jump higher, punches*0.5, breathe while swimming
+sports-analytics: best striker, pick players, betting model, expected points, shots*0.4, lineup*0.5,
  team statistics, lap times, running data, heart rate data
+pet-care: puppy chews, puppy nights, cat hides, two cats fight, dog car, barks when, dog guests, dog hates,
  hamster*0.5, rabbit cage, parrot screams, holiday cat, vet or wait, dog sitter, kitten bites, dog park
+veterinary: dog swallowed, cat limps, dog scratches ear, ear*0.3, cow fever, horse lame, vomits*0.5,
  chickens die, cat drinks, puppy vaccine, tick dog, lump on dog, guinea pig
+personal-development: always late, put off, procrastinate*0.5, shy*0.5, resolution*0.5, phone less,
  read more books, wake up early, make friends with, finish what i start, organized*0.4
+recommender-systems: suggest next song, what to offer next, readers also, similar products shop,
  films they like, next article, match volunteers
+speech-ai: cars noisy voice, dialect speech, talk to machine, speak commands, reads text out, voice robot
+events: buffet*0.5, venue for, dj for
`;
