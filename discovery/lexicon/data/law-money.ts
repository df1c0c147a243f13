/** Law, government, finance, insurance. */
export const lawMoney = `
# law: legal, lawyer, lawyers, attorney, solicitor, barrister, counsel*0.6, court*0.7, courts*0.6, lawsuit,
  sue, sued, suing, judge*0.4, statute, statutes, legislation*0.6, legally, is it legal, my rights,
  rights*0.5, illegal*0.6, legal advice, paralegal, law firm, litigation, jurisdiction, liability*0.6, liable,
  plaintiff, defendant, case law, precedent, take to court, small claims, small claims court, legal letter,
  letter before action, entitled to*0.4
contracts < law: contract*0.8, agreement*0.6, agreements*0.6, clause, clauses, terms*0.3,
  terms and conditions, terms of service, nda, non-disclosure, indemnity, indemnification, breach of contract,
  contract review, redline, redlines, redlining, fine print, small print, before i sign, before signing,
  should i sign, signature*0.2, counterparty, master services agreement, msa, sow*0.5, statement of work,
  liability cap, termination clause, force majeure, negotiate contract, renewal*0.4, auto-renews,
  obligations*0.6, non-compete, letter of intent, legalese, contract lifecycle, supplier contract,
  what am i agreeing to, boilerplate, unfair clause, hidden in the contract, draft contract, license agreement
privacy-law < law compliance: privacy, gdpr, ccpa, hipaa, data protection, personal data,
  personal information*0.5, privacy policy, data subject, subject access request, consent*0.5, consent banner,
  cookie banner, dpo, dpia, right to be forgotten, data retention, data breach notification, delete my data,
  pii, data processing agreement, customer data*0.4, surveillance*0.4, privacy impact, tracking people*0.4,
  schrems, coppa
intellectual-property < law: ip*0.3, patent, patents, patentable, patent attorney, copyright, copyrighted,
  copyright infringement, trademark, trademarks, trade mark, trade marks, brand name taken*0.7, infringement,
  licensing*0.5, fair use, dmca, takedown*0.6, stole my design, stole my idea, stolen photo*0.6,
  copied my*0.5, invention, inventions, inventor, prior art, trade secret, royalties*0.5, knockoff*0.7,
  someone is using my, logo already taken*0.6, public domain, creative commons, protect my idea
employment-law < law hr: employment lawyer, unfair dismissal, wrongful termination, fired*0.6, got fired,
  sacked, laid off*0.6, redundancy, redundant*0.4, severance, discrimination*0.7, harassment*0.7,
  overtime*0.6, unpaid wages, unpaid overtime, minimum wage, labor law, labour law, labor lawyer,
  worker rights, workers' rights, whistleblower, notice period, boss refuses*0.6, boss won't pay,
  employment contract, employment tribunal, tribunal*0.6, maternity leave*0.5, non-compete, union*0.4,
  holiday pay, employer owes
tenancy-law < law real-estate: tenant, tenants, tenancy, landlord, landlords, lease*0.7, leases*0.6, eviction,
  evict, evicted, evicting, rent*0.5, rent increase, security deposit, deposit*0.6, deposit back,
  rental agreement, renter, renters, rent control, habitability, mold in apartment, no heating,
  repairs not done, sublet, sublease, stuff the landlord, kept my deposit, housing rights, flat*0.3,
  apartment*0.4, roommate*0.5, notice to leave, kicked out, thrown out of flat, housing tribunal,
  broken boiler landlord, won't give back
family-law < law family: divorce, divorced, divorcing, custody, child support, alimony, separation*0.5,
  prenup, prenuptial, adoption*0.5, guardianship, ex-husband, ex-wife, ex*0.3, visitation, marriage law,
  splitting up, separated*0.5, who gets the kids, spousal support, domestic violence*0.7, restraining order,
  parental rights, mediation*0.5
wills-estates < law family: will and testament, last will, write a will, wills, estate planning, estate*0.5,
  inheritance, inherit, heir, heirs, probate, executor, trust fund, trusts*0.6, trust*0.2, power of attorney,
  when i die, after death*0.6, died*0.4, dies*0.4, beneficiary, beneficiaries, living will, inheritance tax,
  left me in her will, pass on to my children, intestate, testament, deceased*0.6, bequest, late father's*0.5
immigration < law government: immigrant, immigrants, visa, visas, green card, citizenship, naturalization,
  work permit, residence permit, residency*0.6, asylum, refugee, refugees, deportation, h1b, h-1b, uscis,
  visa application, move abroad*0.6, moving abroad*0.6, emigrate, student visa, spouse visa,
  settle in another country, sponsorship*0.3, schengen, overstay, work in another country, points-based,
  golden visa, expat*0.6, legal status, relocate to another country
criminal-law < law: criminal*0.7, crime*0.6, arrest, arrested, police*0.6, charged with, defense attorney,
  public defender, bail, sentencing, sentence*0.2, prosecution, prosecutor, dui, drunk driving, theft*0.5,
  assault, felony, misdemeanor, expunge, expungement, probation, parole, jail, prison, drug charge,
  traffic ticket*0.6, speeding ticket*0.7, parking ticket*0.5, plea, innocent*0.5, criminal record
consumer-rights < law customer-support: consumer protection, refund*0.6, refuses refund, refused a refund,
  faulty goods, warranty*0.7, chargeback*0.5, scammed*0.6, ripped off, misleading advertising,
  complaint letter*0.6, ombudsman, shop won't, cooling-off, broken product, defective*0.6, lemon law,
  return policy*0.5, overcharged*0.7, company won't refund, class action, travel compensation*0.5,
  false advertising
legal-research < law research: case law, case search, statutes, precedent, precedents, court decisions,
  court rulings, ruling*0.6, rulings*0.6, legal citations, westlaw, lexisnexis, legal memo, legal brief,
  judgment*0.4, judgments*0.5, what courts decided, supreme court, legal database, brief*0.2, jurisprudence,
  similar cases, holding*0.1, courtlistener
litigation-support < law: e-discovery, ediscovery, discovery request, document review*0.7, deposition,
  subpoena, litigation hold, witness, testimony, privilege log, evidence*0.5, affidavit, trial prep,
  trial preparation, expert witness, exhibits, court filing, court filings, pleadings, motion*0.3,
  legal timeline, filing deadline*0.6, thousands of documents*0.5, hearing*0.4, appeal*0.4
corporate-law < law business: incorporation, incorporate, llc, articles of association, shareholder,
  shareholders, shareholder agreement, board resolution, mergers and acquisitions, m&a, merger,
  acquisition*0.5, due diligence, cap table*0.6, corporate governance, bylaws, register a company,
  company formation, founder agreement, spin-off, antitrust, competition law, buying a company, takeover*0.6,
  cofounder split, delaware
compliance: compliant, comply, regulatory*0.7, regulations*0.7, regulation*0.6, regulator, regulators,
  audit*0.5, auditors*0.5, sox, soc 2, iso 27001, pci dss, policy compliance, controls*0.3, internal controls,
  governance*0.5, risk assessment*0.4, sanctions*0.6, export control*0.6, code of conduct, whistleblowing,
  compliance training, regulatory change, obligations*0.4, certification*0.4, auditor, rules changed*0.5,
  allowed to*0.3, new rules*0.4, inspectors, bribery, standards*0.3
regulatory: regulatory affairs, regulatory submission, fda, ema, approval*0.4, dossier*0.6, product approval,
  labeling requirements, reach*0.1, ce mark, eu regulation, regulatory filing, standards body, certification,
  marketing authorization, compliance dossier
mediation < law: mediator, mediate, arbitration, arbitrator, dispute*0.7, disputes*0.7, dispute resolution,
  settle out of court, settlement*0.5, conflict*0.4, conflict resolution, neighbor dispute, neighbour dispute,
  compromise*0.5, quarrel, disagreement, feud, ombuds, both sides*0.4, fence dispute, noisy neighbour,
  noisy neighbor
legal-drafting < law writing: draft a letter*0.4, cease and desist, demand letter, legal document,
  legal documents, notarize, notary, affidavit, deed*0.5, legal template, terms of use,
  power of attorney form, formal notice, legal forms, pleading
personal-injury < law insurance: injury claim, slipped and fell, slip and fall, accident claim,
  car accident lawyer, compensation*0.5, negligence, malpractice, medical malpractice, workers' compensation,
  whiplash, damages*0.5, injured at work, pain and suffering, dog bite claim
# government: public sector, public administration, municipality, municipal, council*0.6, city council,
  city hall, state*0.2, federal, civil service, citizen*0.5, citizens*0.6, ministry, permit*0.5, permits*0.6,
  bureaucracy, public service, agency*0.3, official*0.3, authorities, town hall, local authority,
  bureaucratic, public money*0.5
public-policy < government: policy*0.4, policy brief, policy analysis, lobbying, bill*0.2, legislation,
  legislative, parliament, congress, senate, lawmakers, law passed, white paper*0.5, think tank, policymaker,
  reform, consultation response, regulatory impact, bills in parliament, hansard
elections < government: election, vote*0.6, voting, voters, ballot*0.6, candidate*0.3, campaign*0.3,
  polling station, political party, politician, referendum, voter registration, gerrymandering, polls*0.5,
  turnout, canvassing, political*0.6, politics*0.7
benefits-welfare < government finance: welfare, unemployment benefit, unemployment benefits, social security,
  disability benefit, disability benefits, medicaid, medicare*0.6, food stamps, housing benefit, benefits*0.5,
  eligible for benefits, child benefit, pension credit, state aid, subsidy*0.6, subsidies*0.6,
  assistance program, universal credit, unemployment*0.6, what help am i entitled, low income, snap benefits,
  energy assistance
permits-licensing < government: building permit, planning permission, planning application, permit*0.7,
  permits*0.6, zoning*0.6, business license, business licence, licence application, license application,
  driving licence, driver's license, passport renewal, passport*0.4, vehicle registration, register a birth,
  government forms, official form, form filling*0.6, apostille, which form do i need, liquor license,
  city paperwork, dmv
emergency-management < government safety: disaster, disasters, disaster response, disaster relief, evacuation,
  evacuate, earthquake response, flood response, wildfire*0.7, wildfires*0.7, civil protection, humanitarian,
  relief supplies, shelter*0.4, crisis management*0.7, emergency plan, red cross, search and rescue,
  first responders, emergency services, dispatch*0.4, resilience*0.4, hurricane*0.5, go bag
diplomacy < government: diplomat, foreign policy, embassy*0.6, consulate*0.6, treaty, united nations,
  international relations, geopolitics, sanctions*0.5, protocol*0.1, bilateral
urban-planning < government construction: city planning, urban planner, zoning, land use,
  public transport*0.5, traffic planning, walkability, housing policy, master plan, public space,
  transit planning, street design, smart city, pedestrian, bike lanes, urban design
fundraising < nonprofit finance: fundraise, fundraiser, raise money, donor letter, crowdfunding, kickstarter,
  pitch deck*0.6, investors*0.6, venture capital, vc, seed round, series a, angel investor, investor update,
  term sheet, raise funding, sponsors*0.5, donors, capital campaign, startup funding, investor deck, gala
# finance: financial, money*0.7, bank*0.7, banking, fund*0.4, funds*0.5, capital*0.3, fintech, cash*0.6,
  currency*0.6, dollars*0.5, euros*0.5, $*0.5, income*0.6, revenue*0.6, profit*0.6, profits*0.6, expenses*0.6,
  financially, wealth, economic*0.5, treasury, cfo, savings*0.6, afford*0.5
accounting < finance: accountant, accountants, bookkeeping, bookkeeper, ledger*0.7, general ledger,
  balance sheet, income statement, profit and loss, p&l, accounts payable, accounts receivable, accruals,
  accrual, reconcile, reconciliation, bank reconciliation, bank statement*0.6, bank statements*0.6, month end,
  month-end, month-end close, close the books, books*0.2, journal entry, journal entries, debit, credits*0.3,
  depreciation, gaap, ifrs, chart of accounts, quickbooks, xero, trial balance, financial statements,
  audit trail*0.4, year-end, transactions*0.5, receipts*0.6, shoebox*0.4, shoebox of receipts,
  numbers don't match*0.6, doesn't add up*0.5, cents off*0.6, categorize transactions, cost accounting,
  fixed assets
tax < finance accounting: taxes, taxation, tax return, tax returns, irs, hmrc, vat, sales tax, deduction*0.6,
  deductions, deductible, write off, write-off, tax filing, file my taxes, income tax, capital gains*0.6,
  tax year, withholding, 1099, w-2, self-employed*0.5, self-assessment, refund from government*0.6,
  transfer pricing, tax credit, tax credits, owe the government, taxman, tax man, tax authority,
  property tax*0.6, double taxation, tax advisor, freelancer taxes, claim as expense*0.6, import vat
invoicing < finance accounting: invoice, invoices, billing*0.7, bill*0.3, bills*0.4, payment*0.5,
  payments*0.5, overdue, unpaid, late payment, late payments, accounts receivable, dunning, payment reminder,
  chase payment, client hasn't paid, hasn't paid, purchase order*0.5, receipt*0.5, receipts*0.5,
  expense report, expense reports, expense claims, expenses*0.4, three-way match, e-invoice, remittance,
  collections*0.5, debt collection, owe me money, paid twice*0.5, reimbursement*0.6, reimbursements*0.6,
  net 30
budgeting < finance: budget, budgets, spending*0.7, spend*0.5, spent*0.3, save money, saving*0.5, savings,
  expenses*0.6, personal finance, money management, monthly budget, cash envelope, ynab, where my money goes,
  where does my money go, money disappears, end of the month*0.5, live within*0.5, paycheck*0.6,
  paycheck to paycheck, household budget, subscriptions*0.6, cancel subscriptions, emergency fund, frugal,
  overspend, overspending, piggy bank, financial goals, make ends meet, broke*0.3, cut costs*0.5,
  pocket money, spending habits
fp-and-a < finance business: fp&a, financial planning, financial model, financial modeling,
  financial modelling, financial forecast, variance analysis, budget vs actual, cash flow*0.8, cashflow,
  runway*0.6, burn rate, unit economics, break-even, breakeven, three-statement, scenario planning,
  revenue forecast, headcount plan, dcf, gross margin, margins*0.5, run out of cash, projections*0.6,
  cost reduction*0.5, ebitda, working capital
investing < finance: invest, investment, investments, investor*0.6, stocks, stock*0.4, shares*0.5,
  share price, bonds*0.6, etf, etfs, index fund, index funds, mutual fund, portfolio*0.6, portfolios*0.5,
  dividend, dividends, asset allocation, rebalance*0.6, rebalancing, retirement savings*0.6, 401k, ira*0.5,
  brokerage, broker*0.4, diversify, diversification, risk tolerance, wealth management, robo-advisor,
  nest egg, return on investment*0.4, compound interest, hedge*0.5, bull market, where to put my savings,
  put my savings, grow my money, value investing, gold price*0.4, real estate fund, warren buffett
trading < finance investing: trader, traders, algorithmic trading, day trading, options*0.2, futures*0.5,
  derivatives*0.6, forex, foreign exchange, exchange rate, backtest, backtesting, technical analysis,
  candlestick, order book, market making, arbitrage, volatility*0.6, quant*0.7, quantitative finance,
  stop loss, short selling, hedge fund, black-scholes, option pricing, market data*0.5, stock picks,
  bitcoin price, limit order, leverage*0.3, commodities*0.5, trading strategy, ticker, swing trade
equity-research < finance investing: earnings, earnings call, earnings report, annual report*0.7, 10-k, 10-q,
  sec filing, sec filings, filings*0.5, valuation, valuations, price to earnings, fundamental analysis,
  analyst report, balance sheet analysis, company fundamentals, stock analysis, edgar, quarterly results,
  is this company healthy, due diligence*0.5, comparable companies, investor relations
credit-lending < finance: loan, loans, lending, lender, credit*0.6, credit score, credit report, credit risk,
  credit card*0.7, credit card debt, debt*0.7, debts*0.7, borrow*0.7, borrowing, interest rate,
  interest rates, mortgage*0.7, refinance, refinancing, underwriting*0.6, default*0.2, repayment, repayments,
  student loan, student loans, bankruptcy, insolvent, insolvency*0.6, debt consolidation, pay off debt,
  snowball*0.5, apr*0.5, creditworthiness, payday loan, microfinance, collateral, loan application,
  in the red*0.5, credit bureau, small business loan, owe*0.4
mortgages < finance real-estate: mortgage, home loan, refinance, down payment, fixed rate, first-time buyer,
  amortization, remortgage, loan-to-value, closing costs, house can i afford, buy a house*0.6, mortgage rate,
  equity*0.3, escrow
fraud < finance security: fraudulent, fraudster, suspicious transaction, suspicious transactions,
  suspicious*0.4, anti-money laundering, money laundering, aml, kyc, know your customer, chargebacks,
  chargeback, identity theft, scam*0.7, scams*0.7, scammer, phishing*0.4, stolen card, card fraud,
  charges i didn't make, didn't recognize charge, ponzi, embezzlement, fake invoice, insurance fraud,
  sanctions screening, fraud detection, fraud ring, forged, counterfeit*0.5, too good to be true,
  account takeover, synthetic identity, money mule
retirement < finance: retire, retired*0.4, pension, pensions, 401k, annuity, annuities, social security*0.5,
  retirement planning, stop working at, early retirement, withdrawal rate, when can i retire, nest egg,
  provident fund, superannuation, roth
payroll < finance hr: salaries*0.6, wages*0.6, wage*0.5, payslip, payslips, pay slip, salary*0.5, withholding,
  pay run, timesheet*0.5, timesheets*0.5, direct deposit, overtime pay, pay employees, wrong pay,
  paycheck*0.6, social contributions
crypto-finance < finance blockchain: cryptocurrency, crypto, bitcoin, ethereum, crypto tax, crypto wallet,
  defi, staking, coinbase, token sale, stablecoin, crypto portfolio, exchange*0.2, altcoin, on-chain analysis,
  seed phrase, cold wallet, airdrop
economics: economist, economy, macroeconomic, macroeconomics, gdp, inflation, unemployment rate, central bank,
  federal reserve, ecb, monetary policy, fiscal policy, interest rates*0.5, recession, supply and demand,
  trade deficit, tariffs*0.5, econometrics, labor market, labour market, cost of living, consumer prices, cpi,
  economic indicators, productivity*0.3, market failure, price elasticity, elasticity, microeconomics
risk-management < finance insurance: risk*0.5, risks*0.5, value at risk, stress testing*0.5, risk assessment,
  risk register, exposure*0.3, hedging, credit risk, market risk, operational risk, basel, solvency,
  liquidity risk, enterprise risk, mitigation*0.3, scenario*0.3, worst case, business continuity*0.6,
  contingency*0.5, counterparty risk
# insurance: insurer, insurers, insured, policyholder, premium*0.5, premiums*0.7, coverage*0.5, claim*0.5,
  claims*0.5, claims adjuster, deductible*0.6, underwriter, underwriting, actuary, actuarial, policy*0.3,
  insurance policy, health insurance, car insurance, home insurance, life insurance, travel insurance,
  reinsurance, liability insurance, am i covered, does my policy cover, loss adjuster, payout,
  insurance quote, file a claim, water damage*0.6, damage estimate, write-off car, copay, renters insurance,
  insurance broker, insurance claim, catastrophe model, claim rejected, claim denied, act of god
actuarial < insurance statistics: actuary, mortality table, loss reserve, reserving, claim frequency,
  pricing policies, life table, loss ratio, solvency ii, risk premium, chain ladder, premium calculation
claims-handling < insurance: insurance claim, first notice of loss, adjuster, damage photos,
  damage assessment, repair estimate, claim form, claim status, subrogation, total loss, assess damage,
  hail damage, burst pipe*0.5, storm damage, after the accident, proof of loss
procurement < business logistics: purchasing, purchase*0.4, buyer*0.4, supplier*0.7, suppliers*0.7,
  vendor*0.6, vendors*0.6, rfp, rfq, request for proposal, tender*0.6, tenders*0.6, sourcing,
  strategic sourcing, vendor selection, vendor management, purchase order, purchase orders,
  supplier evaluation, negotiate price, quotes*0.4, quotations, bids*0.4, contract award, spend analysis,
  public tender, supplier risk, cheaper supplier, compare quotes, requisition, three quotes
`;
