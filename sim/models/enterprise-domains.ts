/** Six domains of one company, each with the trades that its deliverable needs: the words that agents are found by. */
export interface Domain {
  readonly name: string;
  readonly deliverable: string;
  /** Each a part of the deliverable and what somebody must be able to do for it. */
  readonly trades: readonly string[];
}

export const enterpriseDomains: readonly Domain[] = [
  {
    name: 'product',
    deliverable: 'Product: plan what the payment service offers to merchants and how they use it',
    trades: [
      'Interview merchants about how they take payments',
      'Design the checkout page and its forms',
      'Write user stories and acceptance criteria',
      'Plan the roadmap and its releases',
      'Design the merchant dashboard',
      'Define the metrics of conversion',
      'Test prototypes for usability',
      'Write the microcopy of screens',
      'Compare features with competitors',
      'Design the onboarding of merchants',
      'Plan refunds and disputes for customers',
    ],
  },
  {
    name: 'engineering',
    deliverable: 'Engineering: build the software of the payment service with API, database and servers',
    trades: [
      'Design REST APIs with idempotent requests',
      'Model the ledger in a relational database',
      'Program backend services in TypeScript',
      'Program the web frontend in React',
      'Program the mobile app for iOS and Android',
      'Set up continuous integration and deployment',
      'Operate Kubernetes clusters and autoscaling',
      'Process event streams and webhooks',
      'Write load tests and tune latency',
      'Connect card networks and banks',
      'Build monitoring, logging and alerts',
    ],
  },
  {
    name: 'security',
    deliverable: 'Security: protect the payment service against attackers, fraud and data leaks',
    trades: [
      'Review code for vulnerabilities',
      'Manage encryption keys and secrets',
      'Detect fraud in card transactions',
      'Run penetration tests',
      'Design login with two factors',
      'Respond to security incidents',
      'Audit PCI DSS controls',
      'Harden networks and firewalls',
      'Model threats and abuse cases',
      'Scan dependencies for known flaws',
      'Set rate limits against bots',
    ],
  },
  {
    name: 'legal',
    deliverable: 'Legal: obtain licences and write the contracts and policies of the payment service',
    trades: [
      'Apply for a payment institution licence',
      'Write terms of service for merchants',
      'Check privacy and data protection law',
      'Draft the anti money laundering policy',
      'Negotiate contracts with banks',
      'Register trademarks and patents',
      'Review tax duties across countries',
      'Write the data processing agreement',
      'Assess employment contracts',
      'Check consumer protection rules',
      'Prepare the incorporation of companies',
    ],
  },
  {
    name: 'marketing',
    deliverable: 'Marketing: make the payment service known and win its first merchants',
    trades: [
      'Name the brand and design the logo',
      'Write landing pages that convert',
      'Run search engine advertising',
      'Write articles for developers',
      'Optimise pages for search engines',
      'Plan social media campaigns',
      'Produce product videos',
      'Speak with the press',
      'Organise meetups and conferences',
      'Write email newsletters',
      'Set up a partner programme',
    ],
  },
  {
    name: 'finance',
    deliverable: 'Finance: plan the money of the payment service, its prices, funding and accounts',
    trades: [
      'Model revenue and costs in a spreadsheet',
      'Set transaction fees and price tiers',
      'Prepare the pitch for investors',
      'Keep the books and monthly accounts',
      'Plan liquidity and settlement floats',
      'Forecast chargebacks and credit risk',
      'Budget salaries and hiring',
      'Value shares and option pools',
      'Reconcile bank statements',
      'Plan currency exchange and hedging',
      'Audit internal financial controls',
    ],
  },
];
