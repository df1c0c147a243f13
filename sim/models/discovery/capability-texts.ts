/**
 * Capability texts and questions at scale, from many templates: a field of work gives tasks, a task is
 * said in the agent's words and asked for in the user's, and agents differ in tools, customers and manner.
 */

/** Task as agents offer it, and the same need as somebody else would put it. */
type Task = readonly [offers: string, asks: string];

const fields: Readonly<Record<string, readonly Task[]>> = {
  travel: [
    ['books flights and compares airfares', 'get me a cheap seat on a plane to Lisbon'],
    ['reserves hotels and holiday apartments', 'where can we stay for three nights'],
    ['plans itineraries and day trips', 'make a schedule for our week in Japan'],
    ['rents cars and books train tickets', 'we need wheels after landing'],
  ],
  software: [
    ['reviews pull requests and source code', 'somebody should look over my patch'],
    ['writes unit tests and end-to-end tests', 'our coverage is poor, add checks'],
    ['migrates legacy code to TypeScript', 'move this old JavaScript to static types'],
    ['profiles slow programs and finds memory leaks', 'the service eats more and more RAM'],
  ],
  databases: [
    ['tunes SQL queries and indexes', 'this select takes forever'],
    ['designs relational schemas and migrations', 'which tables do we need'],
    ['restores backups and sets up replication', 'we lost the primary, get the data back'],
  ],
  frontend: [
    ['builds React components and design systems', 'we need buttons and forms for the web app'],
    ['audits web accessibility for screen readers', 'can blind people use our page'],
    ['improves page load and web vitals', 'the site opens slowly on phones'],
  ],
  security: [
    ['tests web applications for vulnerabilities', 'try to hack our shop'],
    ['hunts leaked secrets and rotates credentials', 'a password ended up on GitHub'],
    ['analyses malware and phishing mails', 'is this attachment dangerous'],
  ],
  operations: [
    ['runs Kubernetes clusters and Helm charts', 'pods keep restarting'],
    ['writes Terraform for cloud infrastructure', 'set up servers on AWS as code'],
    ['builds dashboards and alerts with Prometheus', 'tell us when latency goes up'],
    ['automates continuous integration pipelines', 'builds should run on every push'],
  ],
  data: [
    ['cleans spreadsheets and CSV files', 'this table is full of duplicates'],
    ['draws charts and business dashboards', 'show sales by region as a graph'],
    ['runs A/B tests and reports significance', 'did the new button help'],
    ['builds ETL pipelines with Spark', 'move events into the warehouse every night'],
  ],
  learning: [
    ['trains image classifiers with PyTorch', 'recognise cats in photos'],
    ['fine-tunes language models', 'teach the model our tone'],
    ['evaluates retrieval and embedding quality', 'are the search results any good'],
    ['labels training data with guidelines', 'annotate ten thousand pictures'],
  ],
  statistics: [
    ['fits regression and survival models', 'which factors predict churn'],
    ['forecasts demand and time series', 'how much will we sell next quarter'],
    ['designs surveys and samples', 'whom should we interview'],
  ],
  mathematics: [
    ['proves theorems in Lean', 'is this inequality always true'],
    ['solves optimisation and scheduling problems', 'find the best plan for the shifts'],
    ['computes symbolic integrals and derivatives', 'work out this calculus exercise'],
  ],
  medicine: [
    ['summarises clinical trials and guidelines', 'what do studies say about statins'],
    ['checks drug interactions and dosage', 'can these pills be taken together'],
    ['reads X-rays and radiology reports', 'is there a fracture on the scan'],
    ['writes discharge letters for hospitals', 'put the patient record into a letter'],
  ],
  nutrition: [
    ['plans meals and counts calories', 'what should I eat to lose weight'],
    ['writes recipes and shopping lists', 'what can I cook with leeks'],
  ],
  fitness: [
    ['coaches strength training and running', 'prepare me for a marathon'],
    ['teaches yoga and stretching', 'my back hurts from sitting'],
  ],
  psychology: [
    ['listens and coaches against stress', 'I feel burned out'],
    ['explains sleep hygiene and insomnia', 'I lie awake at night'],
  ],
  law: [
    ['reviews contracts and non-disclosure agreements', 'is this clause safe to sign'],
    ['searches case law and statutes', 'has a court decided this before'],
    ['advises on privacy and data protection', 'may we store these addresses'],
    ['registers trademarks and patents', 'protect the name of our product'],
  ],
  finance: [
    ['values companies and reads balance sheets', 'is this firm worth its price'],
    ['manages stock portfolios and risk', 'how should I invest my savings'],
    ['traces cryptocurrency transactions', 'where did the bitcoin go'],
    ['models loans and mortgages', 'can we afford this house'],
  ],
  accounting: [
    ['keeps books and reconciles invoices', 'match payments with bills'],
    ['prepares tax returns and VAT reports', 'what do I owe the revenue office'],
    ['runs payroll and expense claims', 'pay the staff on Friday'],
  ],
  insurance: [
    ['assesses insurance claims and damage', 'my car was hit, what is paid'],
    ['compares policies and premiums', 'which cover is cheapest for a flat'],
  ],
  marketing: [
    ['runs paid search and social campaigns', 'get more clicks for less money'],
    ['optimises pages for search engines', 'nobody finds us on Google'],
    ['writes newsletters and product copy', 'we need words that sell'],
    ['analyses brands and competitors', 'how do rivals position themselves'],
  ],
  sales: [
    ['qualifies leads and updates the CRM', 'which prospects are worth a call'],
    ['drafts offers and negotiates discounts', 'prepare a quote for the buyer'],
  ],
  support: [
    ['answers customer tickets and complaints', 'a client is angry about delivery'],
    ['writes help articles and FAQs', 'explain the product to beginners'],
  ],
  hiring: [
    ['screens résumés and schedules interviews', 'who of these applicants fits'],
    ['writes job adverts and onboarding plans', 'we look for a new engineer'],
  ],
  education: [
    ['tutors algebra and geometry for pupils', 'help my daughter with homework'],
    ['designs courses and quizzes', 'turn this chapter into lessons'],
    ['grades essays with feedback', 'how good is this composition'],
  ],
  languages: [
    ['translates documents into German and French', 'I need this in another tongue'],
    ['interprets live conversations', 'I speak no Spanish and must call Madrid'],
    ['corrects grammar and style', 'polish my English'],
    ['transcribes interviews and lectures', 'turn the recording into text'],
  ],
  writing: [
    ['ghost-writes speeches and articles', 'compose an address for the wedding'],
    ['edits novels and checks plots', 'does my story hang together'],
    ['summarises long reports', 'give me the gist of forty pages'],
  ],
  journalism: [
    ['checks facts and sources of news', 'is that headline true'],
    ['monitors media and press mentions', 'who wrote about us this week'],
  ],
  design: [
    ['designs logos and brand identities', 'we need a symbol for the company'],
    ['retouches photographs and removes backgrounds', 'cut the person out of the picture'],
    ['illustrates books and posters', 'draw a fox for the cover'],
    ['prototypes mobile user interfaces', 'sketch the screens of an app'],
  ],
  video: [
    ['cuts films and adds subtitles', 'shorten the clip and caption it'],
    ['animates 3D characters', 'make the robot walk'],
  ],
  music: [
    ['composes background music', 'write a tune for the trailer'],
    ['mixes and masters recordings', 'the vocals are too quiet'],
    ['teaches guitar chords', 'how do I play this song'],
  ],
  games: [
    ['balances game economies and levels', 'players get stuck at the boss'],
    ['writes Unity shaders and physics', 'the water looks flat'],
  ],
  logistics: [
    ['plans delivery routes for vans', 'in which order should the driver go'],
    ['tracks parcels and freight', 'where is my shipment'],
    ['manages warehouse stock', 'we run out of boxes'],
    ['fills in customs declarations', 'send goods over the border'],
  ],
  manufacturing: [
    ['predicts machine failures from sensors', 'when will the pump break'],
    ['programs CNC mills and robots', 'make this part from steel'],
    ['inspects products with cameras', 'find scratches on the surface'],
  ],
  construction: [
    ['estimates building costs and materials', 'what does a new roof cost'],
    ['checks building plans and permits', 'may I add a floor'],
    ['plans electrical wiring', 'where do the sockets go'],
  ],
  property: [
    ['values houses and finds flats to rent', 'we look for a home near the school'],
    ['manages tenants and repairs', 'the lodger says the heating is broken'],
  ],
  home: [
    ['controls lights and thermostats', 'make the living room warmer'],
    ['gives gardening and plant care advice', 'my roses have yellow leaves'],
    ['plans furniture and interiors', 'how should I arrange the bedroom'],
    ['explains plumbing repairs', 'the tap drips'],
  ],
  pets: [
    ['advises on dog training', 'my puppy bites everything'],
    ['answers veterinary questions', 'the cat does not eat'],
  ],
  farming: [
    ['plans crops and irrigation', 'when should we water the wheat'],
    ['detects plant diseases from leaves', 'what are the spots on my tomatoes'],
    ['monitors cattle health', 'one of the cows is limping'],
  ],
  energy: [
    ['sizes solar panels and batteries', 'how much sun power fits on my roof'],
    ['forecasts wind power and grid load', 'will there be enough electricity tomorrow'],
    ['audits energy use of buildings', 'why is our heating bill so high'],
  ],
  climate: [
    ['models floods and sea level', 'will the river reach our street'],
    ['computes carbon footprints', 'how much CO2 do we emit'],
    ['forecasts weather and storms', 'do I need an umbrella'],
  ],
  chemistry: [
    ['predicts reactions and syntheses', 'how can this molecule be made'],
    ['screens compounds for new drugs', 'which substance binds the protein'],
  ],
  biology: [
    ['analyses genomes and DNA sequences', 'which gene carries the mutation'],
    ['identifies birds and plants from photos', 'what flew past my window'],
    ['folds proteins', 'what shape has this chain of amino acids'],
  ],
  physics: [
    ['simulates fluid dynamics', 'how does air flow around the wing'],
    ['designs optics and lasers', 'focus the beam to a point'],
    ['calculates structures and stress', 'will the bridge hold'],
  ],
  astronomy: [
    ['finds exoplanets in light curves', 'does that star have worlds'],
    ['plans satellite orbits', 'when does the station pass overhead'],
  ],
  geography: [
    ['makes maps from satellite images', 'where has the forest gone'],
    ['geocodes addresses and plans sites', 'find the coordinates of these shops'],
  ],
  history: [
    ['researches family trees and archives', 'who were my great-grandparents'],
    ['reads old handwriting', 'nobody can decipher this letter of 1780'],
  ],
  cars: [
    ['diagnoses engine faults', 'a warning lamp is on in my car'],
    ['plans charging stops for electric cars', 'where can I load the battery on the way'],
  ],
  events: [
    ['organises conferences and weddings', 'we marry in May, who takes care of it'],
    ['sells concert tickets', 'two seats for the opera please'],
  ],
  food: [
    ['reserves restaurant tables', 'dinner for six on Saturday'],
    ['orders groceries', 'the fridge is empty'],
    ['pairs wine with dishes', 'what to drink with lamb'],
  ],
  shopping: [
    ['compares prices and hunts bargains', 'where is this camera cheapest'],
    ['suggests presents', 'what could my father like for his birthday'],
    ['advises on clothes and fashion', 'what should I wear at the gala'],
  ],
  government: [
    ['fills in visa and passport forms', 'may I enter Brazil'],
    ['analyses public budgets', 'what does the city spend on parks'],
    ['explains social benefits', 'what help can a single mother get'],
  ],
  charity: [
    ['writes grant proposals', 'find money for our youth club'],
    ['coordinates volunteers after disasters', 'people want to help after the quake'],
  ],
  research: [
    ['searches scientific literature', 'which papers deal with this'],
    ['reviews manuscripts and citations', 'is the method of this article sound'],
    ['plans experiments in the laboratory', 'what should we measure next'],
  ],
  robotics: [
    ['navigates drones and rovers', 'fly over the field and take pictures'],
    ['calibrates robot arms and grippers', 'the gripper misses the box'],
  ],
  networks: [
    ['configures routers and firewalls', 'the office has no internet'],
    ['analyses packet captures', 'why is the connection slow'],
  ],
};

const manners = [
  'quickly and with care',
  'for small teams',
  'for large companies',
  'with sources for every answer',
  'step by step, in plain words',
  'around the clock',
  'on your own machine, nothing leaves it',
  'in English, German and Spanish',
  'with a human in the loop',
  'at a fixed price',
  'and explains each decision',
  'using open data',
  'for beginners',
  'for experts',
  'with a written report at the end',
  'in under a minute',
  'without any set-up',
  'for public bodies',
  'for families',
  'for students',
  'on weekends too',
  'on request',
  'with a second opinion',
  'in a friendly tone',
  'and remembers your preferences',
  'with a money-back promise',
  'by voice or in writing',
  'from a photo or a short note',
  'for start-ups',
  'for freelancers',
  'and asks back when something is unclear',
  'as a draft for you to approve',
  'with examples',
  'for one case or for thousands',
  'and tells you what it does not know',
  'as a weekly summary',
  'in bullet points',
  'for the Nordic countries',
  'for Latin America',
  'in small batches',
];
const openings = ['', 'Agent that ', 'I am an assistant that ', 'Reliably ', 'Service which ', 'Our agent '];

/** Every task of every field: `fieldCount` fields, in a fixed order. */
export const tasks: readonly { readonly field: string; readonly task: Task }[] = Object.entries(
  fields,
).flatMap(([field, list]) => list.map((task) => ({ field, task })));

/** A capability text. Three in ten agents offer a second task of their field as well. */
export function makeCapabilityText(random: () => number): string {
  const { field, task } = tasks[Math.floor(random() * tasks.length)]!;
  const other = fields[field]![Math.floor(random() * fields[field]!.length)]!;
  const pick = (list: readonly string[]) => list[Math.floor(random() * list.length)]!;
  const second = random() < 0.3 && other !== task ? ` and also ${other[0]}` : '';
  return `${pick(openings)}${task[0]}${second} ${pick(manners)}, ${pick(manners)}`;
}

/** A question: half as agents put it, half in other words. */
export function makeQuestion(random: () => number): string {
  const { task } = tasks[Math.floor(random() * tasks.length)]!;
  return random() < 0.5 ? `who ${task[0]}?` : task[1];
}
