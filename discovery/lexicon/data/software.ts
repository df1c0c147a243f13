/** Making and running software. */
export const software = `
# software*0.6: app*0.6, application*0.5, program*0.5, programming, code, coding, coder, developer, dev,
  engineer*0.4, software engineering, computer*0.5, script*0.5, library*0.4, framework, open source, repo,
  repository, git, github, gitlab, commit, branch*0.4, merge conflict, pull request, codebase, module*0.4,
  package*0.3, function*0.3, class*0.2, tech*0.5, it department, command line, terminal*0.4, bug*0.5,
  feature*0.3, technical*0.4, compile, source code, sdk, version control, rebase, monorepo
code-review < code-quality: reviewer*0.5, pull request review, diff*0.7, pr review, review my code,
  merge request, second pair of eyes*0.6, nitpick, approve changes*0.5, before i merge, before merging,
  patch*0.5, peer review code, lint*0.4, changeset
code-quality: refactor, refactoring, clean code, technical debt, tech debt, spaghetti code, spaghetti,
  maintainability, code smell, lint, linter, linting, eslint, formatter, prettier, dead code, duplication,
  complexity*0.4, cyclomatic, static analysis, sonarqube, style guide*0.4, tidy code, unreadable code,
  rewrite*0.3, simplify code, untangle, god class, solid principles, design pattern, coupling*0.5, modularize,
  cleanup*0.3
debugging < testing: debug, debugger, bug, crash, crashes, stack trace, stacktrace, traceback, exception,
  null pointer, segfault, segmentation fault, core dump, root cause*0.7, reproduce*0.5, error message,
  error log, breakpoint, gdb, heisenbug, race condition, deadlock*0.7, throws an error, keeps crashing,
  freezes, hangs*0.6, blows up, undefined behavior, regression*0.4, troubleshoot*0.5, bisect, memory leak,
  glitch, works on my machine, fault*0.3, diagnose*0.4, infinite loop, off by one, misbehaving, panics*0.6,
  stopped working*0.5, doesn't work*0.4
performance < backend observability: slow code, profiling, profiler, latency, throughput, bottleneck,
  optimize*0.5, optimise*0.5, speed up, faster*0.6, flame graph, flamegraph, cpu usage, memory usage,
  load time, slow*0.5, sluggish, p99, response time, caching*0.6, cache*0.6, benchmark*0.5, benchmarking,
  micro-optimization, hot path, simd, vectorize*0.5, garbage collection, heap*0.6, allocation*0.3,
  scalability, crawl*0.2, takes forever, laggy, concurrency*0.5, multithreading, parallelize, async*0.5,
  timeouts*0.4
programming-languages: python, javascript, typescript, java, c++, c#, golang, rust*0.7, ruby, php, perl,
  kotlin, swift*0.6, scala, haskell, ocaml, elixir, erlang, clojure, lisp, scheme*0.2, lua, julia, fortran,
  assembly*0.5, compiler, interpreter*0.2, transpile, type system, borrow checker, ownership*0.2,
  lifetimes*0.4, generics, typing*0.3, port code*0.6, language port*0.4, dart, zig, nim, vba, delphi, pascal,
  ada, f#, dotnet, net framework, node js, jvm
legacy-systems < programming-languages: cobol, mainframe, as400, legacy code, legacy system, legacy, jcl,
  batch program, batch job*0.4, vb6, visual basic, foxpro, modernization, modernize, modernise, ancient code,
  decades old, old codebase, retired programmer*0.7, nobody understands*0.6, nobody wants to touch,
  written in the eighties, 1970s*0.3, 1980s*0.4, 1983*0.4, punch card, green screen, rpg program, pl/i,
  end of life*0.4, obsolete*0.5, powerbuilder, migration*0.3, undocumented*0.4
mobile: mobile app, smartphone, phone app, ios, iphone app, android, iphone*0.6, ipad*0.5, app store,
  google play, play store, swiftui, uikit, jetpack compose, react native, flutter, xcode, gradle,
  push notification, push notifications, apk, testflight, app review*0.6, in-app purchase, tablet*0.4,
  deep link, app crashes, crashes on launch, crash on startup, app size, home screen*0.4, swipe,
  touch screen*0.4, handset*0.5, offline first, rejected by apple, battery drain*0.6, mobile developer
frontend < web-dev: front end, front-end, react, vue, angular, svelte, nextjs, css, html, sass, tailwind,
  flexbox, dom, browser*0.7, web page*0.6, webpage*0.7, responsive layout, responsive, layout*0.5,
  component*0.3, components*0.3, jquery, webpack, vite, bundler, bundle size, hydration*0.3, single page app,
  spa*0.2, stylesheet, hover, button*0.4, dropdown, viewport, web component, lighthouse*0.5, core web vitals,
  pixel perfect, javascript, typescript, animation*0.3, safari*0.3, firefox, chrome*0.4,
  looks broken on phones, client side, ui code, form validation, page loads
web-dev: website*0.8, web site, web app, web development, web developer, webmaster, landing page*0.7,
  wordpress, cms, drupal, joomla, shopify*0.4, wix, squarespace, domain name, hosting, web hosting, dns*0.5,
  http, https, url, urls, cookie*0.4, cookies*0.3, sitemap, broken link, homepage*0.7, 404, html, static site,
  jekyll, hugo, blog engine, site*0.4
web-accessibility < frontend accessibility: wcag, screen reader*0.8, aria, alt text*0.7, keyboard navigation,
  colour contrast, color contrast, contrast ratio, accessible website, focus order, tab order
backend: back end, back-end, server side, server*0.6, microservice, microservices, monolith, rest api,
  api*0.8, apis*0.8, endpoint, endpoints, graphql, grpc, protobuf, webhook, webhooks, openapi, swagger,
  django, flask, fastapi, rails, laravel, spring boot, express*0.3, nestjs, message queue, queue*0.5,
  kafka*0.6, rabbitmq, pub sub, event driven, rate limit, rate limiting, idempotent, idempotency,
  idempotency key, pagination, session*0.3, middleware, cron, cron job, job queue, background job, worker*0.3,
  retry*0.5, retries*0.6, request*0.3, distributed system, distributed systems, eventual consistency, saga,
  service mesh*0.4, caching layer, redis*0.6, websocket, websockets, concurrency, business logic,
  serverless*0.6, lambda*0.4, duplicate requests, charged twice*0.5
api-design < backend: api contract, versioning, breaking change, breaking changes, openapi spec, rest,
  restful, graphql schema, sdk generation, api gateway, deprecate, deprecation, resource naming, hypermedia,
  json schema, contract first, client library, developer experience, integrate systems, integration*0.5,
  two systems talk to each other, connect systems, third party api, interoperability
auth < backend security: authentication, authorization, login*0.8, log in*0.7, sign in*0.7, signin, oauth,
  oidc, openid, saml, sso, single sign-on, jwt, token*0.4, tokens*0.3, session management, password reset,
  2fa, mfa, passkey, passkeys, webauthn, roles and permissions, permissions*0.6, permission*0.5, rbac,
  access control*0.7, identity provider, logged out, who can see what, user accounts*0.6, magic link, ldap,
  active directory, social login
payments-integration < backend invoicing: stripe, payment gateway, checkout*0.5, billing system,
  webhook signature, card processing, payment api, recurring billing, subscription billing, braintree, adyen
databases: database, db, sql, postgres, postgresql, mysql, mariadb, sqlite, oracle*0.6, sql server, mongodb,
  mongo, nosql, cassandra, dynamodb, redis, couchdb, neo4j, graph database, schema*0.7, table*0.3, tables*0.4,
  row*0.3, rows*0.4, column*0.3, primary key, foreign key, join*0.4, joins*0.6, normalization*0.5,
  normal form, denormalize, transaction*0.4, transactions*0.4, acid*0.3, isolation level, stored procedure,
  trigger*0.3, orm, dba, database administrator, records*0.3, data model, data modeling, entity relationship,
  er diagram, key-value, document store, time series database, vector database, elasticsearch*0.6
query-tuning < databases performance: slow query, slow queries, query plan, explain analyze, index*0.5,
  indexes*0.6, indexing*0.5, full table scan, query optimization, optimize query, n+1, cardinality,
  vacuum*0.3, bloat*0.6, autovacuum, lock contention, deadlock, planner*0.3, statistics*0.2,
  report takes minutes, materialized view, query takes, sequential scan
sql-writing < databases: sql query, write sql, select statement, plain english question*0.6, text to sql,
  group by, window function, cte, subquery, ad hoc query, pull numbers, query the data
db-migration < databases: schema migration, migrate database, database migration, zero downtime, alter table,
  backfill, flyway, liquibase, alembic, data migration, move from mysql, rename column, add column,
  migration script, schema change, blue green*0.5
db-operations < databases devops: replication, replica, failover, sharding, shard, partitioning, backup*0.6,
  backups*0.6, restore*0.5, point in time recovery, wal, connection pool, pgbouncer, standby,
  high availability*0.6, disaster recovery*0.7, corruption*0.3, lost data*0.6, deleted rows,
  accidentally deleted, dropped table, recover data*0.6, read replica
search-engine-backend < backend databases: elasticsearch, solr, lucene, full text search, search index,
  relevance*0.5, search relevance, inverted index, opensearch, faceted search, autocomplete, bm25,
  search box*0.8, site search, typeahead, meilisearch, algolia, search results*0.4
devops: sre, site reliability, infrastructure, deploy, deployment, deployments, release*0.5, releases*0.5,
  rollback, roll back, rollout, docker, dockerfile, container*0.5, containers*0.6, image*0.1, kubernetes, k8s,
  helm, pod*0.5, pods*0.6, terraform, ansible, puppet*0.4, chef*0.1, pulumi, infrastructure as code,
  provisioning, nginx, load balancer, environment*0.3, staging, production*0.4, prod, ship to production,
  configuration management, config*0.5, yaml, argocd, gitops, systemd, bash*0.6, shell script, shell*0.4,
  linux, unix, ubuntu, ssh, server administration, sysadmin, system administrator, uptime, reverse proxy
ci-cd < devops: ci, ci/cd, cicd, continuous integration, continuous delivery, pipeline*0.4, github actions,
  jenkins, gitlab ci, circleci, build*0.3, build pipeline, build server, broken build, build fails, red build,
  flaky build, artifact*0.4, build times, deploy pipeline, automated release, release notes*0.4,
  changelog*0.4, canary, feature flag, feature flags, semantic versioning, makefile, bazel, build system,
  cache dependencies, compile times
cloud < devops: aws, azure, gcp, google cloud, amazon web services, ec2, s3, vpc, iam, cloudformation,
  serverless, lambda function, cloud migration, multi-cloud, region*0.2, autoscaling, virtual machine, vm,
  vms, heroku, digitalocean, cloudflare, cdn, object storage, bucket*0.3, on-premises, on-prem, data center,
  datacenter
cloud-costs < cloud budgeting: cloud bill, aws bill, finops, cloud cost, cloud spend, idle resources,
  rightsizing, right-size, reserved instances, spot instances, savings plan, savings plans, wasted spend,
  invoice from amazon, hosting bill, bill doubled, unused servers, oversized
observability < devops: monitoring*0.8, metrics*0.6, metric*0.5, logs*0.7, logging, log*0.4, log analysis,
  log lines, tracing, distributed tracing, opentelemetry, prometheus, grafana, datadog, new relic, splunk,
  kibana, alert*0.6, alerts*0.7, alerting, pager, pagerduty, alert fatigue, dashboards*0.4, slo, sli, sla*0.6,
  error budget, health check, uptime, anomaly*0.4, telemetry, woken up at night, 3am, spike*0.3
incident-response-ops < devops: outage, incident*0.7, incident response, incident commander, on-call, on call,
  oncall, postmortem, post-mortem, runbook, site is down, website down, down again*0.6, went down,
  production is down, blameless, war room, status page, mitigation*0.4, escalation*0.4, severity, downtime,
  service disruption, everything is down, root cause analysis
networking < devops: network*0.5, router*0.7, switch*0.3, firewall*0.6, vpn*0.6, dns, dhcp, tcp, udp,
  ip address, ipv6, subnet, vlan, bgp, packet*0.5, packets*0.6, packet loss, wireshark, bandwidth,
  load balancing, wifi*0.6, wi-fi, ethernet, latency*0.5, proxy*0.4, tls*0.5, certificate expired,
  routing*0.3, cisco, port forwarding, nat*0.5, connectivity, ping*0.5, traceroute, lan, wan, sd-wan,
  internet connection*0.7
cluster-ops < devops: cluster*0.7, clusters*0.6, hpc, slurm, supercomputer, compute cluster, node*0.4,
  nodes*0.4, job scheduler*0.8, batch scheduler, gpu*0.5, gpus*0.6, gpu cluster, queue time, queued jobs,
  scheduler*0.5, capacity*0.3, capacity planning*0.6, autoscaler, drain*0.3, etcd, kubelet, cordon,
  scheduling pods, mpi, infiniband, nvlink, rack*0.4, racks*0.5, bare metal, cooling*0.2, fleet of machines,
  quota*0.5, quotas*0.5, fair share, preemption, pending jobs, out of memory, evicted pods, node failure,
  consensus*0.3, quorum, raft*0.3, leader election, storage cluster, ceph, lustre, parallel file system,
  disk failure, disk full, node pool, machines*0.3, idle machines, compute*0.5
linux-admin < devops: linux, kernel*0.6, bash, systemd, cron, disk space, permissions denied, apt, yum,
  package manager, file system, filesystem, mount*0.3, grep, awk, sed, shell, ssh key, zsh, powershell,
  one-liner, regex*0.6
testing: test suite, unit test, unit tests, integration test, integration tests, end-to-end test, e2e, qa,
  quality assurance, tester, test case, test cases, test plan, test coverage, coverage*0.4, tdd, selenium,
  cypress, playwright, pytest, junit, jest, mock*0.5, mocks*0.5, mocking, fixture*0.4, regression test,
  regression testing, regression*0.4, flaky test, flaky tests, flaky, intermittent*0.5, sometimes fails,
  passes locally, fuzzing*0.6, fuzz*0.6, property-based testing, mutation testing, smoke test,
  acceptance test, acceptance criteria*0.6, exploratory testing, edge case, edge cases, bug report,
  bug reports, test automation, automated tests, manual testing, snapshot test, visual regression,
  screenshots*0.4, test data, corner cases, click through*0.5
load-testing < testing performance: load test, stress test, k6, jmeter, gatling, locust*0.4, concurrent users,
  thousand users, black friday traffic, traffic spike, how many users, breaking point, capacity test,
  soak test, virtual users, handle the traffic, fall over, launch day traffic
fuzzing < testing security: fuzz, fuzzer, random input, malformed input, weird inputs, property-based, afl,
  libfuzzer, crash input, input nobody thought of, hostile input, sanitizers
embedded: embedded systems, firmware, microcontroller, arduino, raspberry pi, esp32, stm32, rtos, bootloader,
  gpio, i2c, spi*0.5, uart, interrupt*0.4, bare-metal, device driver, driver*0.2, fpga, verilog, vhdl, pcb,
  circuit*0.5, circuits*0.5, circuit board, schematic, oscilloscope, solder, soldering, sensor*0.5,
  sensors*0.5, iot*0.7, zephyr, watchdog*0.4, flash memory, low power, electronics, signal integrity
desktop-software: desktop app, windows app, electron, qt, gtk, installer, macos*0.7, windows*0.3, gui, wpf,
  winforms, printer driver, excel add-in*0.5, tray icon
automation: automate, workflow*0.6, workflows*0.6, zapier, rpa, robotic process, scripting, macro*0.4,
  macros*0.5, no-code, low-code, n8n, repetitive*0.7, repetitive task, by hand every*0.6, manually*0.5,
  copy and paste, copy-paste, copying, boring chore*0.5, scheduled task, bot*0.4, ifttt, power automate,
  airtable, trigger*0.3, same clicks, tedious*0.5, every monday*0.3, hands-off
web-scraping < automation data-engineering: scrape, scraping, scraper, crawler, crawl*0.7, crawling,
  spider*0.3, beautifulsoup, scrapy, headless browser, puppeteer, extract from websites, pull data from pages,
  html parsing, captcha, harvest*0.2, collect prices, product listings*0.5
documentation-software < technical-writing: readme, api docs, api reference, docstring, docstrings,
  code comments, developer documentation, sphinx, mkdocs, docs site, changelog, code samples, sdk docs,
  quickstart
architecture-software < backend: software architecture, system design, architect*0.3, architecture*0.4,
  design document, domain driven design, ddd, event sourcing, cqrs, hexagonal, trade-offs*0.5, scalable,
  split the monolith, service boundaries, adr, decision record, uml, sequence diagram, diagram*0.4,
  tech stack, which database, build or buy
regex-parsing: regex, regular expression, regular expressions, regexp, parser, parsing, grammar parser, lexer,
  tokenizer, abstract syntax tree, ast, json*0.5, xml*0.6, csv*0.3, text pattern, pattern matching,
  match strings, encoding problem, unicode*0.6, utf-8*0.7, mojibake, garbled characters, date format
dependency-management: dependency*0.6, dependencies*0.6, upgrade*0.4, upgrades*0.4, npm, pip*0.5, maven,
  cargo*0.3, dependabot, renovate, lockfile, outdated packages, vulnerable package, package updates,
  breaking upgrade, library upgrade, version bump, supply chain attack*0.4, licence compliance*0.6,
  open source licence, open source license, sbom, transitive
game-engine-dev < game-development: unity*0.7, unreal engine, unreal, godot, shader, shaders, game loop,
  physics engine, collision detection, sprite, tilemap, netcode, frame rate, fps*0.5
ai-agents < machine-learning: ai agent, agents framework, multi-agent, orchestrator*0.4, tool calling, mcp,
  langchain, autonomous agent, agentic, agent workflow, planner agent
quantum-computing < physics: qubit, qubits, quantum circuit, quantum algorithm, qiskit, quantum, shor, grover,
  error correction*0.4
low-level < programming-languages: assembly language, disassemble, compiler, linker, operating system*0.6,
  kernel module, llvm, memory management, pointers, memory safety, unsafe code, ffi, system call, syscalls,
  instruction set, cuda, gpu kernel*0.8, opencl, triton*0.6
gis-software < geography: gis, qgis, arcgis, geospatial, shapefile, geojson, map projection, spatial query,
  postgis, map tiles, leaflet*0.3, mapbox, geocode, geocoding, remote sensing*0.6, satellite imagery*0.7,
  raster
`;
