/**
 * What an architect knows about things that apps keep: their usual fields, and what they belong to. One line each:
 * `noun+synonyms: fields`. A field is `name`, `name!` when required, `name:type`, `name:a|b|c` for a choice, or `name>entity`.
 */
export const nouns = `
task+todo+to-do+chore+assignment: title! description:long status:todo|doing|done priority:normal|high|low due_on:date project>project
project+board+workspace: name! description:long status:active|paused|finished starts_on:date ends_on:date
milestone: title! due_on:date reached:yes-no project>project
stock_item+stock+item+inventory item+inventory+sku: name! sku! quantity:integer! reorder_level:integer unit_price:money location supplier>supplier
supplier+vendor: name! contact_name email:email phone address:long
product+article+good: name! sku price:money! description:long available:yes-no
warehouse+storage location+depot: name! address:long
purchase+purchase order: reference! ordered_on:date! status:draft|ordered|received|cancelled total:money supplier>supplier
sale: reference! sold_on:date! amount:money! customer>customer
order: reference! ordered_on:date! status:open|paid|shipped|cancelled total:money customer>customer
customer+client+buyer: name! email:email phone company notes:long
contact+lead+prospect: name! email:email phone stage:new|contacted|qualified|lost company>company
company+organisation+organization+account: name! website:link industry address:long
deal+opportunity: title! value:money stage:open|offered|won|lost closes_on:date customer>customer
invoice+bill: number! issued_on:date! due_on:date amount:money! status:draft|sent|paid|overdue customer>customer
payment: amount:money! paid_on:date! method:transfer|card|cash invoice>invoice
expense+cost+receipt: description! amount:money! spent_on:date! category:travel|meals|office|other reimbursed:yes-no
budget: name! amount:money! period:month|quarter|year
employee+staff+worker+colleague: name! email:email role hired_on:date active:yes-no
shift: starts_on:date! hours:number! role employee>employee
timesheet+time entry+hour: worked_on:date! hours:number! note:long project>project
booking+reservation+appointment: booked_for:date! time party_size:integer status:requested|confirmed|cancelled customer>customer
room+venue: name! capacity:integer floor equipment:long
table: name! seats:integer! area
event: title! held_on:date! place description:long capacity:integer
attendee+participant+guest+visitor: name! email:email attending:yes-no event>event
class+course+lesson+workshop: title! description:long starts_on:date places:integer teacher>teacher
teacher+trainer+instructor+coach: name! email:email subject
student+pupil+learner: name! email:email enrolled_on:date course>class
exam+test+quiz: title! held_on:date points:integer course>class
grade+mark: value:number! given_on:date student>student
book: title! author! isbn published_on:date copies:integer
loan+lending: lent_on:date! due_on:date returned:yes-no book>book member>member
member+subscriber: name! email:email joined_on:date active:yes-no
author+writer: name! biography:long website:link
recipe+dish: title! servings:integer! minutes:integer instructions:long
ingredient: name! amount:number unit recipe>recipe
menu: name! served_on:date price:money
meal: name! eaten_on:date calories:integer
ticket+issue+bug+support request+incident: title! description:long status:open|waiting|solved severity:low|normal|urgent reporter_email:email
comment+reply: body:long! written_on:date
post+blog post+page: title! body:long! status:draft|published published_on:date
note+idea: title! body:long
tag+label: name! colour
document+file+contract: title! kind signed_on:date expires_on:date link:link
vehicle+car+truck+van+bike: plate! make model year:integer mileage:integer
driver: name! licence_number phone
trip+journey+ride: destination! starts_on:date! ends_on:date distance_km:number vehicle>vehicle driver>driver
route: name! stops:integer length_km:number
delivery+shipment+parcel: reference! status:packed|shipped|delivered ships_on:date address:long
property+apartment+flat+house+unit: address:long! rooms:integer rent:money available:yes-no
tenant+renter: name! email:email phone moved_in_on:date property>property
lease: starts_on:date! ends_on:date rent:money! tenant>tenant
repair+maintenance+service job: title! reported_on:date! status:open|scheduled|done cost:money
asset+device+equipment+machine+tool: name! serial_number bought_on:date value:money condition:good|worn|broken
patient: name! born_on:date phone allergies:long
doctor+physician+vet: name! speciality email:email
visit+consultation: held_on:date! reason diagnosis:long patient>patient doctor>doctor
prescription+medication: medicine! dose! starts_on:date ends_on:date patient>patient
pet+animal+dog+cat: name! species breed born_on:date owner_name
plant+crop: name! species planted_on:date water_every_days:integer
garden+field+bed: name! area_m2:number
habit: name! target_per_week:integer! active:yes-no
goal: title! target:number reached:number due_on:date
workout+training+exercise: name! done_on:date! minutes:integer kind:strength|endurance|mobility
job+vacancy+position: title! department status:open|interviewing|filled posted_on:date
applicant+candidate: name! email:email! stage:applied|interview|offer|rejected job>job
interview: held_on:date! notes:long applicant>applicant
song+track: title! artist album minutes:number
album+record: title! artist! released_on:date
playlist: name! description:long
movie+film+video: title! director released_on:date rating:integer
game+match: opponent! played_on:date! score place
team+squad: name! coach league
player+athlete: name! position number:integer team>team
survey+poll+form: title! opens_on:date closes_on:date
question: text! kind:choice|text survey>survey
answer+response: text! question>question
donation+gift: amount:money! given_on:date! donor>donor
donor+sponsor: name! email:email
volunteer+helper: name! email:email skills:long available:yes-no
campaign: name! starts_on:date ends_on:date budget:money
newsletter: subject! body:long sent_on:date
link+bookmark: title! address:link! notes:long
subscription+plan: name! price:money! period:month|year
transaction: description! amount:money! booked_on:date! 
measurement+reading+sample: value:number! unit measured_on:date! sensor>sensor
sensor+meter: name! location kind
hive+beehive: name! location queen_year:integer
harvest+yield: harvested_on:date! kilograms:number!
`;

/** Domains by the words that people use for them: which things such an app keeps when nothing more is said. */
export const domains = `
task management+project management+to-do list+kanban: task project
inventory+stock keeping+stock control+warehouse management: stock_item supplier
crm+customer relationship+customer management+sales pipeline: customer deal
invoicing+billing: invoice customer
accounting+bookkeeping: transaction invoice
expense tracking+expense management: expense
time tracking: timesheet project
booking+reservation+appointment scheduling: booking customer
event management+event planning: event attendee
help desk+helpdesk+support desk+customer support+issue tracking+bug tracking: ticket customer
library+lending library: book member loan
recipe collection+cookbook+meal planning: recipe ingredient
blog+publishing+content management: post author
school+learning platform+course management: class student teacher
fleet management: vehicle driver trip
property management+real estate: property tenant
clinic+medical practice+veterinary practice: patient visit doctor
recruiting+hiring+applicant tracking: job applicant
online shop+e-commerce+web shop+store: product order customer
restaurant: table booking
gym+fitness studio: member class
habit tracking: habit
asset management: asset repair
fundraising: donation donor
human resources+staff planning+shift planning: employee shift
delivery service+logistics: delivery driver
note taking: note
`;
