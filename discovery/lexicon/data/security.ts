/** Security of systems and of people's accounts. */
export const security = `
# security: secure*0.7, cybersecurity, cyber security, infosec, hacker*0.9, hackers*0.9, hack, hacked,
  hacking, attacker, attackers, attack*0.5, attacks*0.5, breach*0.7, breaches*0.7, breached,
  vulnerability*0.8, vulnerabilities*0.8, exploit, exploits, threat*0.6, threats*0.6, malware, ransomware,
  phishing, password*0.6, passwords*0.7, encryption*0.5, firewall, antivirus, intrusion, siem, soc*0.4,
  zero trust, ciso, cyber, leak*0.3, leaked*0.6, stolen*0.4, protect*0.4, break in*0.5, unauthorized,
  compromise*0.3, compromised*0.7, bad actors, data leak, cyberattack, tampering, security posture
vulnerability-scanning < security: vulnerability scan, cve, cves, cvss, owasp, sast, dast, dependency scan,
  security scan, unpatched, patch*0.5, patches*0.5, patch management, weak spots, known holes, security holes,
  exposed*0.5, misconfiguration, misconfigured, container scanning, nessus, snyk, open ports, port scan,
  sql injection, xss, cross-site scripting, csrf, ssrf, remote code execution, zero-day, zero day,
  secure code review, insecure code, injection*0.5, buffer overflow, code security, vulnerable*0.6, log4j,
  advisories*0.5
penetration-testing < security: penetration test, pentest, pentesting, pen test, ethical hacker, red team,
  red teaming, bug bounty, exploit, exploitation, metasploit, kali, burp, privilege escalation,
  break into*0.6, try to break in, attack surface, ctf, capture the flag, simulate an attack,
  think like an attacker, lateral movement, recon, nmap, offensive security
incident-response-security < security: security incident, incident response, forensics, digital forensics,
  breach response, compromised account, compromised server, we've been hacked, been hacked, got hacked,
  ransomware attack, encrypted our files*0.8, files encrypted, ransom, threat hunting,
  indicators of compromise, ioc, malware analysis, memory dump, containment*0.5, intruder, intruders,
  who got in, how did they get in, evidence preservation*0.6, disk image*0.5, csirt, blue team
threat-intelligence < security: threat actor, threat actors, apt*0.3, mitre, att&ck, dark web, ttps,
  threat feed, campaign attribution, threat report, leaked credentials, stix, yara, adversary,
  threat landscape
soc-monitoring < security observability: soc analyst, security operations, siem, alert triage,
  security alerts, splunk*0.5, intrusion detection, ids*0.4, edr, endpoint detection, log correlation,
  suspicious login, suspicious logins, login from another country*0.7, brute force*0.6, anomalous login,
  detection rules, sigma*0.3, false positives*0.5, false alarms*0.5, unusual logins, suspicious activity, xdr,
  honeypot
threat-modeling < security architecture-software: threat model, threat modelling, stride, attack tree,
  trust boundary, trust boundaries, abuse case, security architecture, security review, security design,
  what could go wrong*0.6, secure by design, data flow diagram, design review*0.4, attack paths, misuse
malware-analysis < security low-level: reverse engineering, reverse engineer, disassembler, ghidra, ida*0.3,
  sandbox*0.6, trojan, virus*0.5, worm*0.4, spyware, obfuscated, suspicious file, suspicious attachment,
  binary*0.4, binaries*0.4, decompile, rootkit, botnet, keylogger, payload*0.4, malicious, yara
phishing-defense < security email: phishing, phishing email, phishing emails, suspicious email,
  suspicious link, fake email, spoofed, spoofing, spear phishing, social engineering, email security, spf,
  dkim, dmarc, is this email real, is this email legit, clicked a link, clicked on a link,
  clicked a strange link, business email compromise, smishing, fake login page, scam email,
  pretending to be*0.6, impersonation*0.6, impersonating, security awareness, awareness training,
  suspicious message, asks for gift cards, strange message from my bank
secrets-management < security devops: secret*0.5, secrets*0.7, api key, api keys, vault*0.6, credential*0.6,
  credentials*0.7, leaked key, leaked keys, committed password*0.6, password in the repo, key rotation,
  rotate keys, token leaked, hardcoded, hard-coded password, certificate*0.3, certificates*0.4, hsm, kms,
  tls certificates, private key
identity-access < security auth: identity*0.4, access management, iam, identity management, privileged access,
  least privilege, access review, access reviews, joiner mover leaver, okta, active directory,
  offboarding*0.6, deprovisioning, who has access, too many permissions, excessive permissions,
  service accounts, entitlements, account access*0.5
personal-security < security: password manager, strong password, online safety, identity theft,
  account hacked, hacked account, my account was hacked, two-factor, secure my phone, data broker,
  online privacy, vpn*0.5, stalkerware, doxxing, stalking*0.6, parental controls*0.5, safe online,
  protect my accounts, lost phone, stolen phone*0.6, webcam cover
cloud-security < security cloud: public bucket, open bucket, iam policy, cspm, security group, s3 exposure,
  cloud misconfiguration, kubernetes security, container security, exposed storage, guardduty,
  workload protection
network-security < security networking: firewall rules, intrusion prevention, ddos, denial of service,
  packet capture, network segmentation, waf, vpn, zero trust, suricata, traffic analysis*0.5,
  flooding our servers, bot attack, bots*0.4, rate limiting*0.4, wireless security
privacy-engineering < security privacy-law: differential privacy, data minimization, anonymization,
  pii detection, find personal data, personal data in*0.5, data loss prevention, dlp, tokenization*0.4,
  consent management, sensitive data, encryption at rest
security-compliance < security compliance: soc 2, iso 27001, pci dss, pci, hipaa security, security audit,
  security questionnaire, audit evidence*0.6, nist, cis benchmark, fedramp, control mapping, cyber insurance,
  security policy, security certification, nis2, auditor asks, gap assessment
physical-security < security: security guard, cctv, surveillance camera, burglar*0.7, burglary*0.7,
  alarm system, locks*0.6, locksmith*0.7, access badge, security camera, security cameras, trespass,
  intruder alarm, doorbell camera, break-in, badge access, crowd control
`;
