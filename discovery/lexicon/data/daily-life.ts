/** Home, family, education, food, sport, animals, garden, accessibility. */
export const dailyLife = `
# home: household, domestic*0.6, house*0.4, apartment*0.3, at home*0.5, homeowner, homeowners,
  around the house, chores, chore, living room*0.5, bedroom*0.4, kitchen*0.4, bathroom*0.5, furniture*0.4,
  appliance, appliances, laundry, cleaning*0.4, garage*0.4, attic, basement, cellar, family home, flat*0.2,
  housework, roommate, roommates, housemate
home-repair < home construction: handyman, diy, do-it-yourself, plumber, plumbing, leak*0.7, leaking*0.7,
  leaky, leaks*0.6, dripping, drip*0.6, faucet, tap*0.4, toilet, toilet won't flush, clogged, clogged drain,
  drain*0.5, sink*0.6, pipe*0.6, pipes*0.6, burst pipe, electrician, wiring*0.7, outlet*0.5, light switch,
  fuse*0.7, fuse box, breaker*0.6, circuit breaker, drywall, hole in the wall, paint*0.5, painting a wall,
  tiles*0.6, tiling, grout, roof leak, renovation, renovate, renovating, remodel, remodeling, carpenter,
  door sticks, squeaky, screw*0.5, drill*0.5, hammer*0.5, boiler, water heater, furnace, radiator, mold*0.6,
  mould*0.6, damp, caulk, insulation, gutter, gutters, floorboards, install a shelf, hang a shelf,
  washing machine*0.6, dishwasher*0.6, fridge*0.5, refrigerator*0.5, appliance repair, broken appliance,
  wall*0.4, ceiling*0.5, floor*0.3, leaky tap, toolbox
smart-home < home automation: home automation, home assistant*0.7, alexa, google home, siri*0.5, homekit,
  smart speaker, smart light, smart lights, smart bulb, smart plug, thermostat, thermostats, lights*0.5,
  lamp*0.5, lamps*0.6, turn off the lights, turn on the lights, zigbee, z-wave, matter*0.1, mqtt, hue,
  smart lock, motion sensor, heating*0.6, heater*0.6, blinds*0.7, shutters*0.5, robot vacuum, scene*0.2,
  voice control, connected devices, iot, devices*0.3, dim*0.5, sensor*0.3, air conditioning*0.5, doorbell*0.6,
  house knows, when i get home, when nobody is home, when i leave, when we are out, garage door,
  sprinkler*0.5, smart tv, energy at home*0.6, presence detection, nest*0.4, house lights, turns itself on
hvac < home construction: heating, air conditioning, air conditioner, ventilation, furnace, boiler, heat pump,
  thermostat*0.6, ductwork, radiator*0.6, cold house, too hot*0.4, warm*0.3, refrigerant, chiller,
  humidity*0.5, draughty, freezing house
home-energy < home energy: electricity bill, energy bill, energy bills, heating bill, heating costs,
  save energy, save electricity, insulation, energy usage, smart meter, power usage, standby,
  when electricity is cheap, off-peak, consumption, utility bill, utility bills, gas bill, switch provider*0.6
cleaning < home: cleaner*0.6, clean the house, stain*0.8, stains*0.8, stain removal, laundry, washing*0.4,
  dust, vacuum*0.5, mop, scrub, wine on the carpet, carpet*0.6, detergent, declutter, decluttering, tidy,
  tidying, tidy up, organize closet, spring cleaning, housekeeping, odor, smell*0.4, limescale, grease*0.5,
  ironing, maid, marie kondo, disinfect, bleach*0.3
home-security < home physical-security: burglar alarm, security camera, doorbell camera, smart lock,
  alarm system, motion detector, intruder, break-in*0.6, away on holiday*0.5
pest-control < home: mice*0.5, rats, cockroach, cockroaches, bed bugs, ants, wasps, wasp nest, termites,
  mosquito, mosquitoes, exterminator, infestation, moths, rodents, fruit flies, fleas*0.5
gardening < home: garden*0.9, gardens*0.8, gardener, lawn, grass*0.7, mowing, mower, compost, composting,
  vegetable garden, vegetables*0.4, herbs*0.4, tomatoes*0.5, roses*0.6, prune, pruning, weeding, weeds,
  landscaping, landscape*0.4, backyard, flower*0.6, flowers*0.6, flower bed, raised bed, planting,
  when to plant, plant*0.4, plants*0.5, seeds*0.6, seedlings, hedge*0.4, shrub, perennials, mulch, soil*0.5,
  balcony plants, balcony*0.4, slugs, greenhouse*0.6, hardiness zone, bulbs*0.4, green thumb, allotment,
  fruit trees, permaculture
plants-care < gardening: houseplant, houseplants, indoor plants, plant care, watering, overwatered, repot,
  repotting, succulents, orchid, cactus, plant identification, identify a plant, drooping leaves, monstera,
  bonsai, potted plant, water my plants, wilted, ferns, my plant is dying
# family: families*0.5, parents*0.7, parent*0.7, children*0.7, child*0.7, kids*0.7, kid*0.6, daughter*0.5,
  son*0.5, baby*0.6, babies*0.6, toddler, toddlers, teenager, teenagers, teen, grandparents*0.5, grandma*0.5,
  grandpa*0.5, grandmother*0.5, grandfather*0.5, siblings, family life, spouse, household, my little one,
  uncle*0.3, aunt*0.3
parenting < family: parent coaching, tantrum, tantrums, potty training, screen time, discipline*0.5,
  raising children, bedtime routine, won't eat vegetables*0.6, picky eater, picky eaters, child behavior,
  child behaviour, babysitter, nanny, daycare, childcare, child care, day care, newborn, new parents, diapers,
  nappies, stepchildren, co-parenting, sibling rivalry, allowance*0.3, single parent, kids activities,
  rainy day activities, playdate, birthday party for kids, baby names, teething, sleep training, colic,
  naughty*0.5, kindergarten*0.5, tween
relationships < family mental-health: relationship*0.4, dating*0.7, date night, girlfriend, boyfriend,
  breakup, break-up, marriage*0.6, couples, couples counseling, couples therapy, romantic, romance, love life,
  friendship*0.6, friendships, jealous*0.6, jealousy, crush*0.5, tinder, dating profile, first date,
  heartbreak, heartbroken, intimacy, argument with*0.6, argue*0.5, arguing*0.5, loneliness*0.4, in-laws,
  breaking up, making friends, cheated on me, valentine
daily-planning < office family: to-do list, day planner, routine*0.6, routines*0.6, time management, errands,
  errand, prioritize my day, plan my day, plan my week, organize my life, life admin, family calendar,
  household tasks, chores schedule, personal assistant, habit tracker, productivity, pomodoro, focus*0.3,
  too much to do*0.6, forget things*0.5, reminders, getting things done, adhd planning*0.6, juggling*0.4,
  who does which chores, overcommitted
funeral < family: funerals, burial, cremation, obituary, memorial, eulogy, mourning, coffin, cemetery,
  bereavement, bereaved, undertaker, when someone dies, passed away, grave*0.5, condolences, wake*0.2
# education: educational, teach*0.7, teacher*0.8, teachers*0.8, teaching*0.8, school*0.7, schools*0.7,
  student*0.7, students*0.8, pupil, pupils, classroom, class*0.5, classes*0.6, course*0.6, courses*0.6,
  learning*0.5, learner, learners, lesson*0.8, lessons*0.8, lecture*0.7, lectures*0.7, college*0.7,
  university*0.5, exam*0.7, exams*0.7, kindergarten, training*0.3, professor*0.5, academic*0.3, semester,
  grade*0.5, grades*0.6, graders, homework*0.7, curriculum*0.7, study*0.4, pedagogy, third grade*0.6,
  fifth grade*0.6, high school, middle school, primary school, elementary school, headteacher
tutoring < education: tutor, tutors, homework, homework help, explain a concept*0.7, explain concept,
  step by step*0.4, study help, doesn't understand*0.4, struggling student, struggling in school,
  struggles with*0.5, understand physics*0.6, exam help, socratic, hints*0.6, one-on-one teaching,
  failing math, failing class, can't follow the lecture*0.6, patient teacher, private lessons, after-school,
  learn at my own pace*0.6, guides you to the answer, without giving the answer, catch up in class,
  help my son with, help my daughter with
exam-prep < education: exam preparation, test prep, study plan, study guide, practice test, practice tests,
  practice questions, practice exam, mock exam, revision*0.5, revise*0.4, flashcards, flashcard,
  spaced repetition, anki, memorize, memorise, memorization, sat, gre, gmat, lsat, mcat, ap exam, a-levels,
  gcse, bar exam, certification exam, pass the exam, pass my exam, cram, cramming, final exam, finals*0.6,
  multiple choice*0.6, study schedule, quiz me, retain what i read*0.6, forget what i learn,
  driving theory test*0.5, past papers, remember facts
curriculum < education: curricula, lesson plan, lesson plans, lesson planning, course design,
  instructional design, instructional designer, syllabus, learning objectives, learning outcomes, worksheet,
  worksheets, classroom activity, classroom activities, teaching materials, unit plan, course outline,
  course material, bloom's taxonomy, elearning module, differentiated instruction, homeschool, homeschooling,
  teach my class, activity for my class, my pupils, standards-aligned, scorm, workshop design,
  school year plan, training module, training materials
grading < education: grade essays, mark essays, marking*0.6, rubric, rubrics, assessment*0.6, assessments*0.6,
  feedback on essays, student feedback, student essays, quiz generation, quiz*0.5, quizzes*0.5,
  test questions, exam questions, plagiarism, plagiarism check, autograder, stack of essays, score essays,
  correct homework, formative, question bank, peer assessment, distractors*0.4, essays to mark, exam papers
admissions < education career: college admissions, university application, college application,
  personal statement, admissions essay, scholarship, scholarships, which college, which university,
  financial aid, study abroad, transfer credits, common app, ucas, motivation letter, application deadline,
  gap year, choosing a degree, major*0.2, graduate school, grad school, mba, tuition, student exchange,
  erasmus, college counselor, letters of recommendation
school-admin < education operations: school administration, attendance*0.6, timetable*0.5, timetabling,
  class schedule, school schedule, parent-teacher, report card, report cards, school bus*0.6, enrollment,
  student records, principal*0.4, substitute teacher, exam timetable, room allocation, school board, sis*0.3,
  field trip*0.5
special-education < education accessibility: special needs, dyslexia, dyslexic, learning disability,
  learning disabilities, autism, autistic, iep, adhd, neurodivergent, neurodiversity, gifted,
  accommodations*0.4, speech delay, individualized, inclusive classroom, sensory, slow reader, dyscalculia
early-childhood < education family: preschool, kindergarten, learn to read, phonics, counting games,
  alphabet*0.6, letters and numbers*0.6, nursery*0.5, montessori, toddler activities, storytime,
  reading aloud to children, educational games for kids, first words
stem-education < education science-earth: science fair, science project, science experiment, stem,
  coding for kids, kids code, scratch*0.3, teach programming, learn to code, learn to program, learn python,
  learn programming, beginner programmer, robotics club, volcano experiment, school science, coding bootcamp,
  coding teacher, programming tutor, codecademy, physics lesson
# food: foods*0.8, eat*0.5, eating*0.5, meal*0.8, meals*0.8, dinner*0.8, lunch*0.8, breakfast*0.8, supper*0.8,
  snack*0.7, snacks*0.7, hungry, taste*0.5, tasty, delicious, flavor*0.7, flavour*0.7, flavors*0.7, cuisine,
  dish*0.6, dishes*0.6, kitchen*0.5, gourmet, vegan*0.5, vegetarian*0.5, gluten-free*0.5, edible*0.6,
  fridge*0.5, leftovers, culinary, foodie, appetite*0.6, portion*0.4
cooking < food: cook*0.8, cooks*0.7, recipe, recipes, chef, chefs, ingredient, ingredients, oven, fry, frying,
  roast*0.6, roasting*0.6, boil*0.7, simmer, grill*0.7, barbecue, bbq, sauce, soup, stew, pasta, rice*0.6,
  chicken*0.6, beef*0.7, fish*0.4, vegetables*0.5, eggs*0.4, cheese*0.6, onion*0.7, onions*0.7, garlic,
  spices, spice*0.6, salt*0.4, pepper*0.5, pan*0.5, pot*0.3, knife skills, what to cook, what can i make with,
  what's in my fridge, left in the fridge, leftovers, weeknight dinner, dinner ideas, tonight's dinner, tofu,
  curry, salad, pizza, steak, marinade, air fryer, slow cooker, instant pot, sous vide, substitute*0.4,
  substitution*0.4, cups*0.3, tablespoon, teaspoon, half a*0.1, noodles, potatoes, lentils, dinner party*0.6,
  thanksgiving*0.6, undercooked, doneness, stir fry, from scratch*0.3, cookbook, seasoning, burnt*0.4,
  too salty*0.8, scale a recipe
baking < food: bake*0.9, baker, bakery, bread, sourdough, dough, cake, cakes, cookies*0.5, pastry, pastries,
  pie*0.5, flour, yeast*0.6, oven temperature, frosting, icing, croissant, muffins, brownies, dessert,
  desserts, birthday cake, cupcakes, rise*0.3, starter*0.4, gluten*0.5, meringue, chocolate*0.5, butter*0.5,
  sugar*0.4, loaf, dense bread*0.6, baguette, macarons, batter*0.5, knead, proofing*0.3
meal-planning < food nutrition: meal plan, meal plans, meal prep, weekly menu, menu for the week,
  grocery list, groceries, shopping list, family meals, lunch box, lunchbox, feed a family, cheap meals,
  calories*0.5, healthy meals, what to eat this week, batch cooking, dinners for the week, diet plan, pantry,
  dietary restrictions, dietary needs, eat for a week, food budget*0.6, what's for dinner
restaurants < food: restaurant, cafe, cafes, coffee shop, bistro, diner, takeaway, takeout, food delivery,
  reservation*0.6, reservations*0.6, book a table, table for two, table for four, menu*0.7, menus*0.7, waiter,
  michelin, where to eat, eat out, eating out, place to eat, brunch, food truck, ubereats, doordash,
  opentable, dine, dining, restaurant recommendation, sushi*0.6, tapas, ramen*0.6, pizza place,
  restaurant kitchen, food cost*0.6, restaurant owner, restaurant review
drinks < food: wine*0.9, wines, beer*0.9, beers, brewing, homebrew, brewery, cocktail, cocktails, bartender,
  mixology, whisky, whiskey, gin*0.6, vodka, coffee*0.7, espresso, barista, tea*0.6, sommelier, wine pairing,
  vineyard*0.5, winery, grape*0.6, champagne, rum*0.5, mocktail, smoothie*0.7, juice*0.5, tasting notes,
  what wine goes with, red wine, white wine, bar*0.3, cider, liqueur, mezcal, roaster
food-preservation < food: canning, pickling, pickles, fermentation*0.7, fermenting, kimchi, preserve*0.4,
  preserving*0.4, jam*0.4, smoking meat, dehydrating, shelf life, expired food, still safe to eat,
  safe to eat, best before, freezing food, food poisoning, kombucha, vinegar, cured meat, cheese making,
  food storage
# sport: sports, athlete, athletes, athletic, football*0.9, soccer, basketball, baseball, tennis, golf,
  cricket, rugby, hockey, volleyball, swimming, swimmer, swim*0.8, running*0.5, runner*0.8, runners*0.7,
  cycling, cyclist, skiing, ski*0.6, snowboard, surfing*0.6, climbing*0.6, boxing, martial arts, judo, karate,
  wrestling, gymnastics, track and field, olympics, olympic, coach*0.5, coaching*0.5, match*0.4, league*0.5,
  tournament*0.6, championship, world cup, referee*0.5, stadium, team sport, score*0.3, scores*0.3,
  fixture*0.2, fixtures*0.3, premier league, nba, nfl, fantasy football, player stats, race*0.4, marathon*0.7,
  triathlon, badminton, squash*0.4, skating, rowing, sailing*0.3, archery, fencing*0.5, formula 1,
  horse riding, handball, playoffs, goalkeeper, striker, skateboarding
sports-coaching < sport fitness: sports coach, training plan, marathon training, tactics*0.6, drills*0.6,
  technique*0.4, periodization, running coach, swim coach, swing*0.4, golf swing, tennis serve,
  injury prevention, team training, training schedule, pace*0.5, personal best, improve my game*0.7,
  half marathon, footwork, training load, race plan, taper, stroke technique, run faster, warm up,
  recovery days, interval training, youth team
sports-analytics < sport data-analysis: player statistics, match analysis, expected goals, fantasy league,
  fantasy football, sports statistics, scouting, sabermetrics, box score, win probability, performance data,
  video analysis of games, tracking data, strava, game film, odds prediction, draft picks
sports-news < sport media: live scores, match results, league table, standings, fixtures, who won,
  game last night, transfer news, match report, final score, kickoff time
# animals: animal, pet*0.8, pets*0.9, dog*0.8, dogs*0.9, puppy, puppies, cat*0.8, cats*0.8, kitten, kittens,
  horse*0.8, horses*0.8, bird*0.5, birds*0.5, parrot, rabbit, hamster, guinea pig, fish tank, aquarium,
  reptile, snake*0.6, turtle, tortoise, zoo, wildlife*0.6, breed*0.7, breeds*0.8, leash, paws, furry,
  goldfish, lizard, ferret, pony
pet-care < animals: pet sitter, pet sitting, dog walker, dog walking, dog training, dog trainer,
  puppy training, house training, barking, chewing*0.5, dog food, cat food, litter box, pet food,
  pet grooming, adopt a dog, adopt a pet, rescue dog, kennel, crate training, my dog, my cat,
  pulls on the leash, separation anxiety, scratching furniture, obedience, pet adoption, fish tank, aquarium,
  aquarium water, new puppy, cat scratches, pees*0.5, pet insurance*0.5, treats*0.3, animal behaviorist,
  animal shelter, pee on the carpet, bites*0.4
equestrian < animals sport: horse, horses, riding*0.5, horse riding, saddle, stable*0.2, stables*0.6,
  dressage, farrier, pony, bridle, hoof, jockey, racehorse, show jumping
collecting < arts retail: collectible, collectibles, coin*0.5, coins*0.6, stamp collecting, stamps*0.6,
  antiques, appraise*0.7, trading cards, baseball cards, vinyl records, memorabilia, numismatics, flea market,
  is it worth anything*0.7, auction*0.4, rare coin, watches*0.4, comic books, old coins, vintage*0.5,
  heirloom, how much is it worth
volunteer-community < nonprofit family: volunteer*0.6, community*0.4, neighborhood watch, neighbours*0.5,
  neighbors*0.5, local community, community garden, club*0.4, clubs*0.4, scouts*0.5, youth group,
  church group, community center, block party, carpool, carpooling, babysitting co-op
personal-documents < office family: identity card, birth certificate, marriage certificate, important papers,
  warranty papers, receipts folder, passport photos, household records, digital legacy, medical papers,
  insurance papers, document vault
consumer-electronics < shopping-advice it-support: gadget, gadgets, headphones, earbuds, smartwatch,
  television set, tv*0.4, laptop*0.5, camera*0.3, game console, tablet*0.4, speakers*0.4, soundbar,
  electronics store, e-reader, kindle*0.4, charger*0.4, power bank, phone battery, cracked screen,
  screen repair, phone repair, gaming pc, graphics card, pc build, build a pc, motherboard
units-conversion < mathematics: convert units, unit conversion, metric*0.2, imperial*0.5, celsius, fahrenheit,
  kilometers, kilometres, miles*0.5, pounds*0.4, kilograms, kg, ounces, grams*0.6, liters, litres, gallons,
  inches, feet*0.4, centimeters, centimetres, meters*0.5, metres*0.5, cups to grams, currency conversion,
  exchange rates, mph, km*0.5
time-and-dates < calendar: time zone converter, date calculation, countdown, leap year, public holidays,
  bank holiday, how many days until, calendar dates, daylight saving, unix timestamp, julian date,
  week number, working days, business days
`;
