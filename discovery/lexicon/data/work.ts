/** Business, office, people, selling, customers. */
export const work = `
# business*0.7: company*0.5, companies*0.5, enterprise*0.5, startup, startups, entrepreneur, entrepreneurship,
  corporate*0.5, firm*0.3, ceo, management*0.4, manager*0.4, founder, founders, small business,
  organization*0.3, stakeholder*0.5, stakeholders*0.5, commercial*0.4, b2b, executive*0.4, executives*0.4,
  market*0.3, industry*0.3, consultant*0.5, consulting*0.6, side hustle, self-employed, freelance*0.5,
  freelancer*0.5, owner*0.2
strategy < business: strategic*0.6, business plan, business model, go-to-market, roadmap*0.5, swot, okr*0.6,
  okrs*0.6, vision*0.2, mission statement, market entry, growth strategy, business case, strategic plan,
  value proposition, competitive advantage, new market, expansion*0.5, should we expand, lean canvas,
  consulting case, pivot*0.3, five-year plan, scaling business, turnaround*0.5, digital transformation
market-research < business marketing: market size, market sizing, tam, industry report, customer research,
  consumer insights, target market, demand for*0.4, market analysis, is there a market,
  trends in the industry, product-market fit, survey customers, who would buy, focus group,
  addressable market, consumer behavior
product-management < business: product manager, product owner, roadmap, backlog*0.7, user story, user stories,
  feature request, feature requests, prioritize*0.6, prioritization, prioritisation, mvp, prd,
  product requirements, requirements*0.5, product strategy, product spec, spec*0.4, acceptance criteria,
  sprint*0.5, epics, what to build next, what should we build, product launch, user needs,
  customer interviews*0.6, discovery interviews, product feedback, rice score, jobs to be done
project-management < business: project manager, project*0.5, projects*0.4, project plan, gantt, milestone,
  milestones, deadline*0.6, deadlines*0.6, timeline*0.5, kanban, scrum, agile, jira, asana, trello, sprint,
  sprint planning, standup, stand-up*0.5, retrospective, task list, task tracking, deliverable, deliverables,
  resource planning, critical path, behind schedule, running late*0.4, who does what, action items*0.6,
  status update, status updates, status report, dependencies*0.3, scope creep, work breakdown, pmo, prince2,
  estimate*0.3, estimates*0.4, delegating*0.5, keep track of tasks, project slipped, burndown,
  program manager, risks and issues
operations < business: ops*0.6, process improvement, business process, process mapping, bpmn, lean*0.4,
  efficiency*0.5, standard operating procedure, standard operating procedures, sop, sops, checklist*0.6,
  checklists*0.6, capacity planning*0.5, throughput*0.3, operational*0.5, optimize operations, shift*0.3,
  staffing*0.6, back office, continuous improvement, kaizen, facility*0.3, handoffs, bottlenecks*0.5,
  workflow design, business continuity
meetings < office: meeting*0.7, minutes of the meeting, meeting minutes, meeting notes, agenda, action items,
  action points, note taking, note-taking, notes*0.4, recap*0.6, zoom*0.6, teams call, transcript*0.4,
  who promised what, who agreed to what, what was decided, follow-ups*0.5, follow-up*0.4, standup notes,
  conference call, call summary, webinar*0.4, facilitation*0.5, facilitate*0.5, facilitator, hour-long call,
  missed the call*0.5, decisions made*0.5, boardroom
calendar < office: calendars, schedule*0.6, scheduling*0.7, appointment, appointments, reschedule,
  double-booked, double booked, time slot, time slots, availability*0.4, free slot, time zone, time zones,
  timezone, timezones, book a meeting, meeting time, find a time, when everyone is free, everyone is free*0.8,
  outlook calendar, google calendar, remind*0.5, reminder*0.6, reminders*0.6, booking link, calendly,
  invite*0.4, invites*0.5, busy*0.4, diary*0.5, clashes*0.5, clash*0.5, block time, time blocking,
  find a slot, suits everyone, recurring meeting
email < office: emails*0.7, e-mail*0.7, mail*0.5, inbox, gmail, outlook, unread, inbox zero, newsletter*0.4,
  reply*0.5, replies*0.5, draft reply, email thread, threads*0.4, spam*0.5, mailbox*0.6, unsubscribe,
  attachments*0.4, attachment*0.3, forward*0.2, correspondence, follow up*0.5, follow-up email, sort my mail,
  triage inbox, email drafts, out of office, smtp, imap, drowning in messages, haven't answered*0.5,
  polite reply, auto-reply, cc*0.3, signature*0.2, subject line*0.6
office: secretary, administrative, admin*0.5, executive assistant, personal assistant*0.6, virtual assistant,
  paperwork*0.6, microsoft office, word document, document*0.3, documents*0.4, powerpoint, excel*0.5,
  google docs, google workspace, office 365, clerical, data entry, filing*0.5, typing up, productivity*0.6,
  to-do list*0.7, to-do*0.6, todo*0.6, to do list, desk*0.3, letterhead, mail merge, notion*0.6, printer*0.4
document-processing < office automation: ocr, scan*0.5, scanned, scanned documents, pdf, pdfs,
  extract data*0.7, form extraction, digitize, digitise, digitization, paper forms, handwriting, handwritten,
  handwriting recognition, fields from invoices, parse documents, read invoices*0.6, table extraction,
  merge pdf, split pdf, convert pdf, fillable form, forms*0.4, document classification, archive scans,
  paper documents*0.7, stack of paper, pile of paper, boxes of paper, filled in by hand, type in by hand,
  fill in forms, docx, redact, e-signature, docusign
file-organization < office: organize files, folder, folders, file names, rename files, duplicates*0.4,
  dropbox, google drive, onedrive, sharepoint, archive*0.5, records management, document management,
  find a file, where did i save, filing system, digital clutter, version of the document, knowledge base*0.4,
  desktop is a mess, downloads folder, file formats, convert files*0.6, backups*0.3
presentations < office design: presentation, slide, slides, slide deck, deck*0.5, powerpoint, keynote,
  google slides, pitch deck, speaker notes, talking points*0.6, present to the board, public speaking*0.5,
  bullet points*0.4, storyline*0.4, slideshow, beamer, conference talk, board deck, stage fright*0.4,
  talk to give*0.5, prezi, visual aids
knowledge-management < office: knowledge base, wiki, internal wiki, confluence, notion, faq*0.5,
  institutional knowledge, onboarding docs, company knowledge, search our documents*0.7, ask our documents,
  second brain, note-taking, obsidian, zettelkasten, where is it documented, know-how, documentation*0.5,
  company handbook, tribal knowledge, answer from documents, internal docs, scattered documents
# hr: human resources, employee*0.7, employees*0.7, staff*0.6, workforce, people operations, personnel,
  workplace*0.6, colleague*0.4, colleagues*0.4, coworker*0.5, team*0.2, leave request, vacation days*0.6, pto,
  sick leave*0.6, benefits package, employee handbook, workplace policy
recruiting < hr: recruiter, recruiters, recruitment, hiring, hire*0.7, hires*0.6, candidate*0.7,
  candidates*0.8, applicant, applicants, job posting, job description, job ad, job advert, talent*0.5,
  talent acquisition, interview*0.5, interviews*0.4, interviewing*0.5, screening*0.5, cv screening,
  applicant tracking, ats, headhunter, vacancy, vacancies, sourcing candidates, interview questions,
  reference check, job offer, onboard, open position, open positions, fill a role, shortlist*0.6,
  sift applications
career < hr education: careers, career change, career advice, career coach, job search, job hunt,
  looking for a job, find a job, new job, resume*0.8, resumes*0.7, cv, curriculum vitae, cover letter,
  cover letters, linkedin*0.6, linkedin profile, job interview, mock interview, interview practice,
  prepare for an interview, salary negotiation, negotiate salary, ask for a raise, raise*0.3, promotion*0.4,
  quit my job, hate my job, job application, applying for jobs, no replies to applications, employers,
  dream job, skills gap, laid off, changing professions, career path, portfolio*0.3, networking*0.3,
  first job, internship, internships, gap in resume, back to work
performance-reviews < hr: performance review, appraisal*0.6, feedback*0.4, 360 feedback, one-on-one,
  goals*0.3, performance improvement plan, pip*0.3, promotion case, self-review, self review, competency,
  underperforming, employee evaluation, rating employees, constructive feedback, okrs*0.3
employee-engagement < hr: team building, team-building, morale, retention of staff, culture survey,
  workplace culture, company culture, pulse survey, exit interview, recognition*0.3, burnout*0.4,
  turnover*0.5, people quitting, diversity*0.5, inclusion*0.5, dei, remote work*0.5, hybrid work,
  psychological safety, icebreaker
onboarding-training < hr education: onboarding, onboard new employees, new hire, new hires, new starter,
  new employee, first day at work, employee training, corporate training, compliance training,
  training program, upskill, upskilling, lms, learning management, workshop*0.4, mentor*0.5, mentoring*0.6,
  orientation*0.3, e-learning, skills matrix, train staff, induction
compensation < hr finance: salary, salaries, salary bands, pay equity, benefits*0.4, equity grant,
  stock options*0.6, bonus*0.5, bonuses*0.6, commission*0.4, pay gap, remuneration, underpaid,
  what should i be paid, market rate, perks, pay scale
shift-scheduling < hr operations: shift*0.6, shifts*0.7, roster, rostering, rota, shift planning,
  shift schedule, staff schedule, work schedule, workforce scheduling, workforce management, who works when,
  who works weekends, night shift*0.7, swap shifts, timesheets, time tracking, overtime*0.4, on-call rota,
  understaffed, staffing level, clock in, time off
leadership < business hr: leader*0.5, leaders*0.5, manager coaching, management coach, executive coach,
  executive coaching, delegate*0.5, delegation, difficult conversation, difficult conversations,
  team conflict, conflict at work, first-time manager, change management, influence*0.3, mentor*0.4,
  decision-making*0.5, team dynamics, leading a team, toxic boss, micromanage
negotiation < business law: negotiate, negotiating, negotiator, bargain*0.6, bargaining*0.6, haggle, haggling,
  counteroffer, counter-offer, counter offer, batna, win-win, concession*0.5, better deal*0.6,
  talk down the price, lower the price*0.5, persuade*0.5, leverage*0.4
# sales: sell*0.5, selling*0.6, salesperson, sales team, deal*0.3, deals*0.5, prospect*0.6, prospects*0.7,
  prospecting, quota*0.4, revenue*0.4, pipeline*0.3, account executive, closing deals, pitch*0.5, upsell,
  cross-sell, commission*0.3, sales call, sales calls, sales deck, demo*0.4, buyers*0.4, objection*0.5,
  objections*0.5, win rate
lead-generation < sales marketing: leads*0.7, lead*0.3, lead scoring, cold email, cold emails, cold call,
  cold calling, outreach*0.7, prospect list, find customers, new customers, potential customers,
  who to contact, b2b leads, outbound, inbound leads, qualify leads, enrichment*0.5, contact details*0.5,
  email addresses of, decision makers, find clients, linkedin outreach
crm < sales: salesforce, hubspot, customer relationship, contact management, pipeline stage, opportunity*0.4,
  account management, deal tracking, customer records, contact list*0.5, call notes, pipedrive, update the crm
sales-proposals < sales writing: proposal*0.6, proposals*0.6, rfp response, quote for client, quotation,
  sales proposal, bid*0.4, tender response, statement of work, price quote, pitch*0.4, bid writing,
  respond to rfp, security questionnaire, win the contract, cpq, capability statement
pricing < sales economics: price*0.5, prices*0.4, price point, discount*0.6, discounts*0.6, dynamic pricing,
  price optimization, how much should i charge, what to charge, willingness to pay, tiers*0.4, pricing page,
  price elasticity, markup*0.5, margin*0.4, repricing, price list, promotions*0.4, raise prices, surge*0.4,
  undercut, freemium
customer-success < sales customer-support: renewal*0.5, renewals*0.6, churn*0.6, churn risk,
  at-risk customers, health score, customer onboarding, customer retention, loyal customers, account health,
  quarterly business review, about to leave*0.5, about to cancel, win back, expansion revenue
# customer-support: customer service, customer care, support team, support ticket, support tickets,
  ticket*0.5, tickets*0.4, help desk, helpdesk, zendesk, intercom, complaint*0.7, complaints*0.7,
  angry customer, angry customers, upset customer, unhappy customers, unhappy customer, customer question,
  customer questions, customer complaints, refund*0.6, refunds*0.7, returns*0.4, return*0.2, call center,
  call centre, contact center, live chat, chat support, agent assist, csat, customer satisfaction,
  canned response, faq, faqs, frequently asked questions, escalate, escalation*0.7, first response time,
  customer inquiries, enquiries, shoppers ask, where is my order, where's my order, order status,
  cancel my order, apologize*0.6, apology*0.6, canned answers, same questions over and over, sla*0.4
ticket-routing < customer-support: ticket triage, route tickets, classify tickets, categorize tickets,
  prioritize tickets, incoming tickets, assign tickets, tag tickets, right team, urgent tickets,
  sort requests, flood of requests, queue of tickets, intent classification
chatbots < customer-support llm: chatbot, virtual agent, conversational, conversation design, dialogue*0.3,
  dialog flow, bot answers, voicebot, ivr, rasa, dialogflow, automated replies, chat widget, self-service*0.6,
  deflection, handoff to human, phone menu, answering machine*0.5
reviews-feedback < customer-support marketing: customer reviews, product reviews, reviews*0.6, star rating,
  one-star, trustpilot, yelp, google reviews, feedback*0.5, voice of customer, customer feedback,
  sentiment*0.7, survey comments, app reviews, respond to reviews, bad review, reputation*0.5,
  reputation management, testimonials*0.5, nps, what customers say, what people complain about,
  themes in feedback, complain about most
it-support < customer-support: it help desk, tech support, technical support, password*0.5, forgot password,
  reset password*0.7, printer, printer jam, laptop*0.7, computer*0.5, computer is slow, wifi not working,
  wifi*0.5, install software*0.6, blue screen, won't turn on, slow computer, pc*0.5, driver update, reboot,
  virus on my computer, email setup, it ticket, remote desktop, locked out*0.6, screen frozen, keyboard*0.4,
  mouse*0.4, monitor*0.2, windows update, device management, mdm, servicenow, itil, service desk, bluetooth,
  computer trouble, hard drive, usb, macbook, software update
# marketing: marketer, advertising*0.8, ad*0.5, ads*0.7, advert*0.7, advertisement, campaign*0.7,
  campaigns*0.7, promotion*0.5, promote*0.6, brand*0.6, brand awareness, audience*0.5, target audience,
  demand generation, growth*0.4, growth hacking, conversion*0.5, customer acquisition, acquisition*0.3, cmo,
  product marketing, marketing plan, launch*0.3, publicity, reach more people, nobody visits, get noticed*0.5,
  referral*0.4, referral program, guerrilla, value proposition
seo < marketing web-dev: search engine optimization, ranking on google, rank higher, google ranking,
  keyword*0.6, keywords*0.7, keyword research, backlinks, backlink, meta description, organic traffic,
  search traffic, serp, page one of google, first page of google, site audit, canonical*0.4, sitemap,
  robots.txt, structured data*0.4, nobody finds my website, can't be found on google, search console,
  google business profile, local seo, title tags, found online*0.5, crawlability, search rankings,
  domain authority
paid-ads < marketing: google ads, adwords, facebook ads, ppc, pay per click, cost per click, cpc, ad spend,
  ad campaign, ad campaigns, ad copy, ad budget, bidding*0.4, retargeting, display ads, programmatic, roas,
  media buying, media plan, sponsored posts, click-through rate, ctr, meta ads, tiktok ads, landing page*0.5,
  attribution*0.6, marketing mix, billboard, tv spot
social-media < marketing media: instagram, facebook*0.7, twitter, tiktok, linkedin*0.5, youtube*0.5, post*0.3,
  posts*0.5, posting*0.4, hashtag, hashtags, followers, following*0.1, influencer, influencers, viral*0.6,
  engagement*0.5, community manager, content calendar, stories*0.3, reels, likes*0.2, social listening,
  mentions*0.5, tweet, tweets, pinterest, snapchat, threads*0.4, social posts, captions for posts,
  brand mentions, reddit*0.6, when to post, discord*0.5, online presence, feed*0.3
content-marketing < marketing writing: blog post, blog posts, blog*0.7, blogging, content strategy,
  content calendar, editorial calendar, white paper, whitepaper, case study, case studies, ebook*0.5,
  thought leadership, lead magnet, content plan, newsletter*0.5, article ideas, repurpose content, evergreen,
  pillar page, guest post, content ideas
email-marketing < marketing email: email campaign, newsletter, newsletters, mailing list, mailchimp,
  drip campaign, open rate, open rates, subject line, subject lines, subscribers, email sequence,
  unsubscribe rate, promotional email, deliverability, welcome email, abandoned cart, email blast, klaviyo,
  subscriber list, segmented list
copywriting < marketing writing: copywriter, copy*0.4, sales copy, ad copy, slogan, tagline, headline*0.6,
  headlines*0.5, product description, product descriptions, call to action, landing page copy, persuasive,
  catchy, website copy, brand voice, tone of voice*0.7, words that sell, jingle*0.4, punchy, web copy,
  microcopy*0.5, catchphrase, listing text, describe our product
branding < marketing design: brand identity, brand strategy, brand name, naming*0.6, name for my company,
  name my*0.5, company name, rebrand, rebranding, brand guidelines, positioning*0.5, brand story, logo*0.7,
  visual identity, trademark*0.2, product name, brand book, come up with a name
public-relations < marketing media: pr*0.5, press release, press releases, media relations, journalist*0.4,
  journalists*0.5, press kit, crisis communication, crisis communications, spokesperson, media coverage,
  press conference, publicist, reputation crisis, public statement, scandal*0.6, bad press, media pitch,
  announcement*0.5, get in the newspaper, comms
events < business: event*0.4, event planning, event planner, conference*0.6, conferences*0.5, trade show,
  trade fair, venue*0.7, venues*0.7, catering*0.6, attendees, guest list, guests*0.5, rsvp, party*0.5,
  parties*0.5, wedding*0.6, birthday party, gala, workshop*0.4, seminar*0.4, invitation*0.6, invitations*0.7,
  speakers*0.3, registration*0.3, ticketing*0.5, festival*0.6, corporate event, meetup, run of show, banquet,
  anniversary*0.5, seating plan, reunion, host*0.3, celebration*0.6, exhibition*0.4, offsite, kickoff event,
  icebreakers, fundraiser*0.3
weddings < events family: wedding, bride, groom, bridal, bridesmaid, best man, wedding speech,
  wedding planner, wedding venue, honeymoon*0.6, engagement ring, seating chart, vows, getting married,
  engaged*0.3, marriage*0.5, wedding dress, florist*0.6, save the date, proposal ring
ecommerce < retail: e-commerce, online store, online shop, web shop, webshop, shopify, woocommerce, magento,
  amazon seller, amazon listing, etsy, ebay, marketplace*0.6, product catalog, product listing,
  product listings, cart*0.5, shopping cart, checkout*0.7, cart abandonment, abandoned carts, dropshipping,
  fulfillment*0.5, sku, skus, storefront, product page, product pages, sell online, selling online,
  online orders, conversion rate*0.4, product feed, returns rate, customers add to basket, basket*0.4
# retail: retailer, retailers, shop*0.6, shops*0.5, store*0.4, stores*0.5, shopping*0.7, shopper, shoppers,
  supermarket, grocery*0.6, merchandise, merchandising, assortment, shelf*0.4, shelves*0.4, point of sale,
  pos*0.4, cashier, till*0.1, mall, boutique*0.6, high street, stock*0.3, planogram, loyalty program,
  loyalty card, store layout, franchise*0.5, foot traffic, stock-outs
shopping-advice < retail: shopping*0.6, product comparison, compare products, which one should i buy,
  what should i buy, should i buy, best laptop, best phone, buying guide, price comparison, compare prices,
  cheapest*0.5, bargain*0.5, bargains*0.6, deals*0.5, coupon, coupons, voucher, price tracker, price drop,
  gift*0.6, gifts*0.6, gift ideas, present for*0.6, presents*0.5, wish list, black friday, discount code,
  cashback, worth buying, product recommendations, birthday present, what to give, second-hand*0.5,
  used goods, good value, under budget
inventory < retail logistics: stock levels, stock level, stock control, stockout, stockouts, out of stock,
  sold out*0.5, overstock, replenishment, reorder, reorder point, safety stock, stocktake, stock count,
  cycle count, barcode*0.6, rfid, demand planning*0.7, sku, how much to order, when to reorder,
  run out of*0.4, shelf stock, dead stock, perishable*0.5, inventory management, shrinkage, warehouse stock,
  too much stock
`;
