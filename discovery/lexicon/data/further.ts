/** Smaller fields, each with its own trade words and the way laymen ask for it. */
export const further = `
waste-management < environment: waste collection, garbage, rubbish, trash, bin*0.5, bins*0.5, landfill,
  recycling plant, sorting waste, hazardous waste, scrap metal, composting plant, garbage truck,
  collection route, e-waste, bulky waste, when is the bin collected, which bin, dumped illegally, litter,
  incinerator
acoustics < physics construction: room acoustics, noise level, decibel, decibels, soundproof, soundproofing,
  noise barrier, reverberation, echo in the hall, loud upstairs neighbours, sound insulation,
  vibration isolation, concert hall, quiet the room, thin walls, noise map, absorbers
nuclear < energy: nuclear power, reactor, reactor safety, radiation, radioactive, radioactivity, uranium,
  fusion, dosimetry, decommissioning, nuclear waste, geiger, half-life, isotope, isotopes, shielding, fallout
museum-curation < arts history: museum, museums, curator, exhibition label, exhibition design,
  collection management, artifact, artefacts, conservation of objects, loan agreement art,
  visitor guide museum, audio guide, exhibit, exhibits, display case, museum visitors, restore painting,
  what's in the depot
archaeology < history: archaeologist, excavation, dig site, pottery sherds, radiocarbon, carbon dating, ruins,
  ancient settlement, burial site, stratigraphy of site, roman villa, dig up pots, field survey ruins, mummy,
  tomb
law-enforcement < government: police, policing, detective, investigation, crime scene, forensic, fingerprints,
  evidence bag, missing person, patrol, suspect, crime statistics, body camera, wanted list,
  stolen goods register, traffic police, inspector, crime map, who did it, witness statement
fire-service < government safety: firefighter, firefighters, fire brigade, fire station, fire engine,
  fire inspection, sprinkler system, extinguisher, evacuation drill, escape route, smoke alarm, wildland fire,
  hydrant map, burning building
border-customs-office < government: border control, border guard, passport control, customs office, smuggling,
  contraband, cargo inspection, entry refused, quarantine at border, declare at customs
ticketing < events retail: tickets for the concert, concert tickets, box office, seat map, season ticket,
  ticket resale, scalper, scalpers, gate scanning, admission, entrance tickets, sold-out show, ticket sales,
  front row, queue for tickets
printing < manufacturing media: print shop, offset printing, prepress, colour profile, cmyk, print-ready,
  bleed margin, bookbinding, large format, screen printing, letterpress, business card printing, print run,
  paper weight, colours come out wrong
jewellery < fashion crafts: jewelry, jeweller, ring size, gemstone, diamond, gold ring, silver necklace,
  watchmaker, watch repair, goldsmith, carat, karat, appraisal of jewellery, earrings, bracelet,
  stone in my ring, resize a ring
textiles < manufacturing fashion: textile, weaving mill, dyeing, yarn count, fabric defects, garment factory,
  sewing line, cotton supply, pattern grading, denim, fabric quality, leather goods, shoe factory,
  marker making, spinning mill
laundry-services < home: laundry, dry cleaning, laundromat, washing symbols, shrunk sweater, colours ran,
  iron shirts, wool wash, wash at 60, detergent dose, stain on silk, smell in washing machine
waste-free-living < environment home: zero waste, plastic-free, repair cafe, second-hand clothes, swap party,
  repair instead, fix instead of throw, upcycling, sharing library, borrow a drill
ergonomics < safety medicine: ergonomic, desk height, office chair, standing desk, monitor height,
  keyboard wrist, lifting technique, workplace assessment, posture at desk, chair hurts, screen distance
audiology < medicine: audiologist, hearing test, hearing loss, hearing aid, hearing aids, tinnitus,
  ringing ears, ear infection, cochlear implant, can't hear well, ear wax, deaf in one ear, noise damage
neurology < medicine: neurologist, epilepsy, stroke, parkinson's, multiple sclerosis, migraine, tremor,
  memory loss, nerve pain, brain injury, concussion, seizure, seizures, dementia, numb hand, forgetfulness,
  shaking hand
endocrinology < medicine: hormone, hormones, thyroid, diabetes, insulin, growth hormone, adrenal,
  testosterone, menopause symptoms, metabolic, cortisol, puberty early, goitre
gastroenterology < medicine: stomach, bowel, ibs, reflux, heartburn, colonoscopy, liver disease, hepatitis,
  celiac, constipation, bloating, crohn's, ulcer, gut health, indigestion
respiratory < medicine: asthma, copd, pneumonia, inhaler, lung function, spirometry, bronchitis, wheezing,
  shortness of breath, oxygen therapy, cough at night, sleep apnea, tuberculosis, pulmonary
urology-nephrology < medicine: kidney, kidneys, kidney stones, dialysis, urology, urologist, bladder,
  prostate, incontinence, urinary infection, transplant kidney, creatinine, renal, blood in urine
surgery-planning < medicine: surgery, surgical, operation, operating theatre, preoperative, anesthesia,
  anaesthesia, surgical plan, postoperative, laparoscopy, implant sizing, surgical robot, incision, scar,
  recovery after operation, before my operation
transplant-blood < medicine: blood donation, blood bank, organ donor, organ transplant, blood type,
  donor matching, bone marrow, transfusion, donate blood, waiting for a kidney, plasma donation
pharmacy-operations < medications operations: pharmacy stock, dispensing, compounding, medication shortage,
  hospital pharmacy, repeat prescription, pharmacy queue, drug shortage, substitute medicine, blister packs,
  controlled substances
biostatistics < statistics medicine: survival curve, kaplan-meier, hazard ratio, odds ratio,
  clinical endpoint, intention to treat, interim analysis, dose response, sample size trial,
  missing follow-up, time to event, cox model
health-insurance < insurance medicine: copay, premium subsidy, in-network, out-of-pocket, health plan,
  open enrollment, covered treatment, prior authorization, sick fund, insurer refuses treatment,
  which health plan
social-work < mental-health government: social worker, case worker, child protection, foster care,
  foster parents, homeless shelter, domestic abuse help, family support, welfare check, outreach worker,
  street children, refuge for women
disability-services < accessibility government: disability support, personal assistant disabled,
  disability allowance, care level, wheelchair funding, supported living, respite care, sheltered work,
  disability pass, home adaptation
youth-work < education family: youth centre, youth club, summer camp, scouts, mentoring teens,
  after-school club, holiday camp, teen activities, camp counselor, youth leader, school dropouts, truancy,
  kids off the street
adult-education < education: evening class, community college, literacy class, learn to read as an adult,
  senior computer course, vocational training, apprenticeship, retraining, night school, certificate course,
  second chance diploma
driving-school < education automotive: driving lessons, learner driver, driving test, parallel parking,
  traffic rules, road signs, motorcycle licence, theory exam driving, afraid of driving, stall the car
academic-integrity < education research: plagiarism check, ai-written essay, contract cheating, exam cheating,
  proctoring, honor code, copied thesis, paraphrased from, similarity report, turnitin
open-data-civic < government data: open data, civic tech, public dataset, transparency portal,
  freedom of information request, public spending data, council data, participatory budgeting, petition,
  citizen reporting, pothole, potholes, broken street lamp
smart-city < urban-planning telecoms: street lighting, parking sensors, air quality sensors, traffic sensors,
  city dashboard, noise sensors, bin sensors, bus arrival display
tourism-management < travel business: tourism board, destination marketing, visitor numbers, overtourism,
  tour operator, guided tours business, seasonal visitors, tourist flow, attraction queue,
  ski resort operations, visitor survey
cruise-rail-ops < travel logistics: railway operations, train dispatcher, rolling stock, rail signalling,
  train delays network, timetable planning, cruise operations, ferry operations, track maintenance,
  train drivers roster, bus depot, bus network
airport-operations < aviation operations: gate assignment, turnaround, baggage handling, security queue,
  de-icing, slot allocation, apron, boarding delays, lost baggage desk, aircraft parking, terminal crowding
shipping-brokerage < maritime logistics: shipbroker, charter rates, freight rates, laytime, demurrage,
  bunker price, cargo vessel charter, port congestion, baltic index, vessel schedule, voyage estimate,
  tanker market
cold-chain < logistics food: refrigerated transport, reefer, temperature log, frozen goods, vaccine transport,
  temperature excursion, ice packs, thawed on the way, cooling truck
returns-management < retail logistics: product returns, reverse logistics, return label, refurbish,
  refurbished, restocking, return reasons, wardrobing, send it back, wrong size sent, warranty returns
food-delivery < logistics restaurants: delivery riders, ghost kitchen, meal delivery, order batching,
  delivery app, courier to kitchen, cold pizza arrives, rider shifts
franchise < business law: franchisee, franchisor, franchise agreement, royalty fee franchise, store rollout,
  brand standards, open a franchise, territory rights
venture-analysis < investing business: startup evaluation, term sheet, due diligence startup, cap table,
  pitch deck screening, market traction, venture fund, deal flow, founder background, angel investment,
  dilution, valuation of a startup
private-equity-ma < corporate-law finance: mergers, acquisition target, buyout, deal model, synergy,
  data room, post-merger integration, lbo, carve-out, sell the company, earn-out, company valuation,
  buyer for my firm
treasury-cash < finance business: treasury, liquidity, bank accounts cash position, fx hedging, cash pooling,
  bank fees, payment run, interest exposure, working capital, short-term deposits
esg-reporting < climate compliance: esg, sustainability report, csrd, materiality assessment,
  supply chain due diligence, green bond, taxonomy alignment, greenwashing, diversity figures,
  human rights suppliers, carbon disclosure
audit < accounting compliance: auditor, internal audit, external audit, audit sampling, working papers,
  audit finding, control testing, segregation of duties, audit trail, journal testing, fraud risk audit,
  audit plan
anti-corruption < compliance law: bribery, corruption, kickback, kickbacks, conflicts of interest,
  gifts policy, whistleblower, shell company, beneficial owner, politically exposed, sanctions list,
  beneficial ownership, who really owns
construction-law < law construction: construction contract, change order, defects builder, delay claim, lien,
  building defect, warranty builder, payment dispute contractor, builder won't finish, botched renovation,
  sued by contractor
maritime-law < law maritime: admiralty, salvage, collision at sea, cargo claim, flag state, charter dispute,
  seafarer rights
media-law < law media: defamation, libel, slander, right of reply, image rights, press law, source protection,
  insulted online, false statement about me, post about me deleted, release form, model release
tax-law-business < tax law: corporate tax, transfer pricing, vat group, permanent establishment,
  tax structuring, customs duty tax, withholding tax, double tax treaty, tax audit company, tax ruling
human-rights < law nonprofit: discrimination case, asylum law, freedom of speech, refugee rights, torture,
  war crimes, forced labour, indigenous rights, equal treatment, united nations complaint
animal-welfare < animals nonprofit: animal shelter, animal rescue, animal abuse, adopt a pet, stray dogs,
  stray cats, wildlife rescue, injured bird, found a hedgehog, neglected horse, rehoming
beekeeping < agriculture animals: beekeeper, hive, hives, queen bee, varroa, honey harvest, swarm, bee colony,
  nectar, bees died, wax, apiary
winemaking < agriculture drinks: winemaker, vineyard, grapes, harvest date grapes, fermentation tank, barrels,
  vintage, terroir, pruning vines, must, sulphites, cellar work
urban-farming < gardening agriculture: hydroponics, vertical farm, aquaponics, grow lights, rooftop garden,
  community garden, microgreens, nutrient solution, grow indoors
aquarium-keeping < animals: aquarium, fish tank, tropical fish, coral tank, filter pump fish, algae,
  ammonia in tank, guppies, goldfish, cloudy tank, terrarium, reptile lamp
toys-kids-products < retail family: toys, toy, stroller, car seat baby, crib, toy safety, baby gear,
  building blocks, doll, board book, toy for three-year-old, safe for toddlers
second-hand-market < retail: second-hand, flea market, classified ads, ebay ad, used furniture, thrift,
  sell my old, sell my bike, used laptop price, garage sale, consignment, describe my item, pawn
supply-of-staff < hr: temp agency, staffing agency, freelancers platform, gig workers, contractor rates,
  seasonal staff, interim manager, body leasing, day labourers
workplace-health < hr medicine: occupational health, sick days, absence rate, workplace stress,
  return to work, health check staff, vaccination at work, long-term sick, employee assistance
labour-relations < hr law: trade union, union, collective agreement, strike ballot, works council,
  collective bargaining, wage round, picket, industrial action, shop steward, layoffs negotiation
military-logistics < defense-military logistics: military supply, base logistics, convoy, field hospital,
  ammunition, deployment planning, spare parts army, barracks
intelligence-geopolitics < defense-military research: geopolitical risk, conflict monitoring, country risk,
  sanctions impact, election risk abroad, coup, insurgency, early warning conflict, political instability,
  is the country stable
disinformation-analysis < fact-checking social-media: troll farm, bot network, coordinated inauthentic,
  propaganda, influence operation, narratives online, fake accounts spread, astroturfing, conspiracy spread
content-moderation < social-media safety: moderator, hate speech, toxic comments, nudity filter, flag posts,
  community guidelines, harassment online, trolls, spam comments, remove insults, nasty messages forum,
  age rating, ban users
community-management < social-media customer-support: community manager, forum, forums, discord server,
  slack community, members active, welcome members, ambassadors, user group, online community, nobody posts
sponsorship < marketing events: sponsor, sponsors, brand partnership, influencer deal, media kit,
  jersey sponsor, festival sponsor, partnership pitch, affiliate, affiliates
trade-fairs < events marketing: trade fair, trade show, booth, exhibition stand, stand design, fair leads,
  exhibitor, giveaway items, visitors at our booth
product-photography-3d < photography ecommerce: product photos, packshot, 360 view, product rendering,
  white background product, catalogue pictures, photograph shoes for shop
audio-guides-tours < voice-acting travel: audio guide, walking tour audio, museum narration, guided audio,
  stories of the city
voice-interfaces < speech-ai ux-design: voice interface, voice user interface, alexa skill, phone bot,
  wake word, voice menu, hands-free, talk to the car
digital-twins < simulation manufacturing: digital twin, virtual model of plant, plant simulation,
  virtual commissioning, building twin, what-if on machine, mirror of the machine
edge-computing < embedded cloud: edge device, on-device, gateway device, offline inference, fog computing,
  local processing, no cloud, runs at the machine, unreliable connection
computational-biology < biology mathematics: systems biology, metabolic model, gene network,
  population genetics, epidemic model, cell simulation, evolutionary tree, ecological model
computational-physics < physics simulation: plasma simulation, molecular simulation, lattice, n-body,
  finite elements physics, climate simulation, quantum monte carlo, particle tracking, solve maxwell
digital-humanities < history nlp: text corpus, ocr of old prints, historical handwriting, letters corpus,
  digital edition, distant reading, old script, transcribe manuscripts, kurrent, palaeography
bioethics-clinical < philosophy medicine: bioethics, clinical ethics, ethics committee, end-of-life decision,
  consent of minors, research ethics, irb approval, refuse treatment, do not resuscitate
dating-advice < relationships: dating app, dating profile, first date, matchmaking, matches don't reply,
  what to write to her, single again, flirt, flirting, meet singles, opening line
home-office < office home: remote work setup, webcam, desk at home, work from home, video call lighting,
  quiet microphone, vpn from home, coworking
personal-shopping-food < food shopping-advice: groceries online, supermarket offers, cheapest supermarket,
  food deals, coupons food, price of groceries, grocery delivery
handwriting-calligraphy < arts: calligraphy, handwriting improve, lettering, fountain pen, penmanship,
  wedding envelopes, hand lettering, nice handwriting
magic-entertainment < performing-arts events: magician, clown, party entertainer, juggling, balloon animals,
  kids' entertainer, magic tricks, puppet show, face painting
model-railways-hobbies < crafts: model railway, model trains, rc car, model airplane, scale model,
  miniature painting, drone building, lego sets, stamp album, hobby electronics
martial-arts < sport fitness: karate, judo, boxing, jiu-jitsu, self-defense, self-defence, kickboxing,
  black belt, defend myself, taekwondo, sparring
water-sports < sport outdoor-recreation: sailing course, kayaking, surfing, swimming technique, diving, scuba,
  snorkel, windsurf, kitesurf, rowing, stand-up paddle, wetsuit, waves for surfing, dive site
winter-sports < sport outdoor-recreation: skiing, snowboard, ski resort, cross-country skiing, avalanche,
  ice skating, ski boots, snow conditions, slopes, ski pass, ice hockey, sledding
running-events < sport events: marathon organisation, race timing, race route, fun run, parkrun, bib numbers,
  start times, aid stations, city run
golf-club < sport: golf, golf swing, handicap, golf course, putting, tee time, driver slice, fairway
motorsport < sport automotive: formula 1, lap time, racing line, telemetry race, pit stop, karting, rally,
  race car setup, tyres strategy
aerospace < engineering: spacecraft design, airframe, wing design, propulsion engineering, jet engine design,
  aerodynamics, thermal protection, avionics, flight dynamics, satellite bus, structures test, composite wing,
  thrust, nozzle, control surface, airworthiness certificate, drone design
water-utilities < energy home: water supply, drinking water, tap water quality, wastewater, sewage,
  sewage plant, treatment plant, water meter, leak detection*0.7, reservoir level, desalination, chlorine,
  hydrant, water pressure, pipe burst street, brown tap water, water tastes, pumping station, water utility,
  stormwater
semiconductors < electrical-engineering manufacturing: semiconductor, chip design, wafer, lithography, fab,
  verilog, rtl, asic, tape-out, transistor, yield wafer, soc design, photomask, eda tools, layout of a chip,
  silicon, timing closure, memory chip, foundry node, microchip
# archives-libraries < culture: librarian, library catalog, cataloguing, archive, archivist, archives,
  metadata for collections, digitisation of archives, preservation of documents, finding aid,
  interlibrary loan, dewey, shelf mark, special collections, borrow books, lending desk, rare books,
  microfilm, old newspapers collection, scan the archive, provenance of papers
# blockchain: smart contract, smart contracts, solidity, ethereum, bitcoin*0.7, crypto*0.5,
  cryptocurrency*0.6, web3, defi, nft, nfts, wallet*0.4, token contract, gas fees, reentrancy, on-chain,
  consensus protocol, dao, stablecoin, ledger*0.3, evm, hardhat
# mental-health: therapist*0.7, therapy*0.6, counseling, counselling, counselor, psychotherapy, psychiatrist,
  psychiatry, anxiety, anxious, depression, depressed, stress*0.5, stressed*0.7, burnout, burned out,
  burnt out, panic attack, panic attacks, cbt, cognitive behavioral, mindfulness*0.7, meditation*0.6, lonely,
  loneliness, grief, grieving, trauma*0.6, ptsd, ocd, adhd, bipolar, suicidal, crisis line*0.7, self-harm,
  coping, cope*0.6, overwhelmed*0.7, eating disorder, anger management, emotional support, emotions*0.5,
  someone to talk to, feel low, hopeless, mood*0.5, mood tracking, journaling*0.5, wellbeing*0.6,
  well-being*0.6, overthinking, can't stop worrying, social anxiety, phobia, low mood, crying*0.5,
  emotional*0.4
# web-search: search*0.5, searching*0.4, search the web, google*0.5, look up*0.7, lookup*0.4, internet*0.5,
  online*0.3, browse*0.5, browsing*0.5, up-to-date*0.5, latest news*0.4, find information, find out*0.4,
  sources*0.4, search engine*0.6, search results*0.5, crawl, news search, deep research, current events,
  websites*0.4, live results, find online, bing, with links*0.5, cited answers, dig up*0.5, track down*0.5,
  hard to find*0.4, wikipedia*0.5, find pages, archived page, wayback machine
# philosophy: philosopher, ethics*0.6, ethical*0.5, moral*0.6, morality, metaphysics, epistemology, stoicism,
  existential, kant, plato, aristotle, nietzsche, trolley problem, free will, thought experiment, logic*0.3,
  socratic, bioethics, dilemma*0.6, meaning of life, right thing to do
# history: historian, historical, ancient*0.6, medieval, world war, wwii, ww2, civil war, empire*0.6,
  roman*0.5, romans*0.6, archive*0.5, archives*0.6, archival, century*0.5, centuries*0.5, primary source,
  primary sources, museum*0.5, archaeology, archaeologist, artifact*0.3, artefact*0.6, artefacts*0.6,
  excavation, dynasty, revolution*0.5, viking, egypt*0.5, old documents*0.6, manuscripts*0.5, old letters*0.5,
  oral history, heritage*0.6, napoleon, cold war, renaissance*0.5, historical records, back in the day
# accessibility: accessible, disability, disabilities, disabled, wheelchair, blind*0.8, visually impaired,
  low vision, screen reader, braille, assistive technology, assistive, hearing impaired, deaf, alt text,
  image descriptions, captions*0.5, easy read, inclusive*0.5, inclusive design, color blind, colour blind,
  colorblind, step-free, mobility aid, motor impairment, guide dog, voiceover*0.3, large print,
  audio description, can't see*0.6, cannot see*0.6, can't hear, hard of hearing, wheelchair user, eye gaze,
  describe images, describes surroundings, switch control, ramp*0.4, reasonable adjustments
# personal-development < mental-health career: self-improvement, self improvement, personal growth,
  life coach, life coaching, goal setting, confidence*0.5, self-esteem, discipline*0.4, habits*0.5,
  motivation*0.6, motivate*0.5, new year's resolution, time management*0.5, mindset, public speaking*0.4,
  accountability partner, stuck in life, find my purpose, purpose in life, procrastination*0.6, journaling,
  resilience*0.4, self-help, work-life balance, midlife, people pleaser, say no
# astrology: horoscope, zodiac, tarot, birth chart, numerology, fortune telling, palm reading, star sign,
  psychic, crystal healing, mercury retrograde, dream interpretation, i ching
# humor < writing media: joke, jokes, funny*0.6, humour, comedy, pun, puns, satire, parody, witty,
  make people laugh, laugh*0.5, roast*0.3, meme*0.7, memes*0.7, stand-up*0.5, one-liners, sarcasm*0.5, prank
# religion: religious, bible, biblical, quran, koran, torah, church*0.8, churches*0.7, mosque, synagogue,
  temple*0.5, priest, pastor, rabbi, imam, prayer, prayers, pray, faith*0.6, spiritual, spirituality,
  theology, theologian, sermon, sermons, scripture, scriptures, gospel, christian, christianity, islam,
  islamic, muslim, jewish, judaism, hindu, hinduism, buddhist, buddhism, sikh, halal*0.6, kosher*0.6, god*0.5,
  catholic, hymn, easter*0.5, ramadan, congregation, missionary, monk, worship, saints, vicar, devotional
# defense-military: military, defense*0.5, defence*0.6, army, navy, air force, soldier, soldiers, veteran*0.6,
  veterans, weapons*0.6, troops, war*0.5, intelligence analysis, geopolitics*0.6, geopolitical*0.7, nato,
  security clearance, arms*0.3, battlefield, warfare, wargame
# nonprofit: non-profit, charity, charities, ngo, donation*0.7, donations*0.7, volunteer, volunteers,
  volunteering, foundation*0.3, donor, donors, social impact, community organization, mutual aid,
  philanthropy, food bank, cause*0.2, charitable, impact report
# statistics: statistical, statistician, regression*0.6, linear regression, logistic regression, p-value,
  p value, p-values, hypothesis test, hypothesis testing, t-test, anova, chi-square, confidence interval,
  confidence intervals, bayesian, bayes, prior*0.3, posterior*0.5, variance*0.5, standard deviation,
  distribution*0.4, mean*0.1, median*0.5, probability*0.6, sampling*0.6, sample*0.3, bootstrap*0.4,
  significance, statistical power, power analysis, effect size, margin of error, mixed model, mixed effects,
  survival analysis, nonparametric, correlation, causation, causal*0.5, coincidence*0.5, by chance,
  chance*0.2, odds*0.4, odds ratio, spss, stata, r package, sas*0.4, meta-analysis*0.7, multicollinearity,
  bias*0.3, confounding, confounder
# machine-learning: ml, ai*0.6, artificial intelligence, model*0.5, models*0.4, train*0.3, training*0.3,
  train a model, trained model, neural network, neural networks, neural net, deep learning, classifier,
  classification*0.5, classify*0.6, regression model, xgboost, gradient boosting, random forest,
  decision tree, scikit-learn, sklearn, pytorch, tensorflow, keras, jax, transformer*0.5, overfit,
  overfitting, underfit, hyperparameter, hyperparameters, hyperparameter tuning, loss*0.2, loss curve,
  gradient*0.4, epoch, epochs, learning rate, backpropagation, feature engineering, cross-validation,
  cross validation, accuracy*0.4, precision*0.3, recall*0.2, embedding*0.6, embeddings*0.7, labels*0.3,
  labelled data, supervised, unsupervised, reinforcement learning, predictive model, predicts*0.4,
  prediction*0.6, recommender*0.6, clustering, k-means, pca, dimensionality reduction, gan,
  diffusion model*0.7, checkpoint*0.3, checkpoints*0.3, generalize*0.4
`;
