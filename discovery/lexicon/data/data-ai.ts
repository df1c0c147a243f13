/** Data, statistics, machine learning. */
export const dataAi = `
# data*0.5: dataset, datasets, data set, numbers*0.3, figures*0.4, analytics*0.7, csv, spreadsheet*0.4,
  data-driven, data science, data scientist, big data, records*0.2, insight, insights, parquet, dataframe
data-analysis: analyze*0.6, analyse*0.6, analyst*0.6, analysis*0.5, analytics, exploratory,
  exploratory data analysis, eda, pandas, jupyter, notebook*0.4, trend*0.5, trends*0.5, breakdown*0.4,
  segment*0.4, segments*0.4, segmentation*0.5, cohort*0.7, cohorts*0.7, cohort analysis, retention*0.6,
  churn*0.7, funnel*0.6, conversion*0.4, conversion rate*0.5, outlier*0.6, outliers*0.6, correlation*0.6,
  pattern*0.3, patterns*0.4, what changed*0.5, why did*0.3, dropped last*0.5, dip*0.5, went up*0.4,
  sign-ups*0.4, signups*0.5, drop-off, drop off, kpi*0.6, kpis*0.6, numbers mean, summarize data, pivot*0.4,
  metrics*0.5, user behaviour, product analytics, customers leave*0.6, stop coming back
ab-testing < statistics: a/b test, ab test, a/b testing, experiment*0.6, experiments*0.6, experimentation,
  control group*0.7, treatment group, variant*0.6, variants*0.5, significance*0.6, statistically significant,
  sample size*0.7, peeking, uplift, lift*0.3, split test, split testing, which version is better,
  real difference or chance, real or just noise, noise*0.3, luck*0.3, button colour, multivariate test,
  holdout, bandit*0.4
causal-inference < statistics: causality, causal, difference in differences, instrumental variable,
  propensity score, counterfactual, confounders, treatment effect, did it cause, really caused,
  because of or despite, natural experiment, synthetic control, dag*0.4, regression discontinuity,
  would have happened anyway, quasi-experiment
forecasting < statistics: forecast, forecasts, predict*0.5, prediction*0.4, time series, time-series,
  seasonality, seasonal*0.4, arima, prophet*0.5, demand forecast*0.7, how many will we sell, next quarter*0.5,
  next month's*0.3, projection*0.5, projections*0.5, trend line, extrapolate, holiday effect, expected demand,
  exponential smoothing, nowcast
anomaly-detection < statistics observability: anomaly, anomalies, outlier detection, unusual pattern,
  odd spikes, out of the ordinary, strange values, sudden change, drift*0.4, deviates, suspicious values,
  abnormal
data-visualization < data-analysis: chart, charts, graph*0.5, graphs*0.6, plot*0.5, plots*0.5, visualization,
  visualisation, visualize, visualise, data viz, dataviz, dashboard, dashboards, tableau, power bi, looker,
  d3, matplotlib, ggplot, infographic*0.7, histogram, scatter plot, bar chart, line chart, pie chart, heatmap,
  heat map*0.6, legend*0.2, axis*0.3, axes*0.3, colour scale, picture of the numbers, show numbers*0.5,
  at a glance*0.5, sankey, choropleth, see the trend, figure for paper, misleading chart, visual story
business-intelligence < data-analysis: bi, bi report, reporting*0.5, weekly report*0.4, kpi, kpis,
  executive dashboard, scorecard, metrics layer, semantic layer, olap, data cube, self-service analytics,
  drill down, board numbers, management report
data-engineering: data engineer, data pipeline, data pipelines, etl, elt, pipeline*0.5, pipelines*0.5,
  ingestion, ingest, airflow, dagster, dbt, spark*0.5, hadoop, flink, kafka, stream processing,
  streaming data, batch processing, data warehouse, warehouse*0.3, snowflake*0.5, bigquery, redshift,
  databricks, data lake, lakehouse, iceberg*0.3, parquet, change data capture, cdc*0.5, debezium,
  orchestration*0.5, nightly job, nightly load, backfill, data sync, sync data*0.6, feeds*0.3, event stream,
  late data, late-arriving, schema evolution, partitioned, copy data from, load data, one place*0.3,
  data platform, data mart, star schema, slowly changing dimension
data-quality < data-engineering: data cleaning, clean data, cleaning data, clean up data, cleanse, messy data,
  messy spreadsheet, dedupe, deduplicate, deduplication, duplicates*0.7, duplicate*0.5, duplicate records,
  duplicate customers, missing values, nulls, inconsistent*0.5, validation*0.4, data validation,
  great expectations, standardize*0.5, normalise*0.4, entity resolution, record linkage, same person twice,
  fuzzy match, fuzzy matching, misspelled*0.4, typos*0.3, address cleaning, bad rows, imputation,
  typed differently*0.6, different spellings, master data, merge lists, reconcile records, data profiling,
  wrong data, garbage in, dirty data
data-governance < data-engineering privacy-law: data catalog, data catalogue, lineage, data lineage,
  where does this number come from, metadata, data dictionary, data steward, stewardship, data contract,
  data contracts, data ownership, data access policy, data mesh, glossary of metrics, catalog*0.3
synthetic-data < machine-learning: anonymize, anonymise, anonymized, anonymisation, pseudonymize, fake data,
  test records, differential privacy, mask personal data, deidentify, de-identify, redact*0.5, scrub names,
  realistic fake, k-anonymity, data masking
mlops < machine-learning devops: ml ops, model serving, serving*0.3, model registry, mlflow, model deployment,
  deploy a model, inference*0.6, inference server, inference cost, model monitoring, model drift, drift,
  feature store, training pipeline, retrain, retraining, experiment tracking, weights and biases, vllm,
  triton, kubeflow, sagemaker, vertex ai, gpu utilization, gpu memory*0.7, quantization, quantize, quantized,
  distillation*0.4, pruning*0.3, model version, reproducible training, training run, training job,
  distributed training, data parallel, checkpointing, model worse over time, predictions got worse,
  accuracy drops in production, batch inference, latency of the model, onnx, tensorrt, tokens per second,
  throughput, serve model, model in production
llm < machine-learning: llms, large language model, language model, gpt, chatgpt, claude, gemini*0.5,
  llama*0.5, mistral*0.5, prompt*0.7, prompts*0.7, prompt engineering, prompting, rag, retrieval augmented,
  retrieval-augmented generation, fine-tune*0.8, fine-tuning, finetune, lora, context window, hallucination,
  hallucinates, hallucinations, makes things up, chatbot*0.6, few-shot, chain of thought, token limit,
  system prompt, jailbreak*0.6, rlhf, instruction tuning, evals, generative ai, genai, agent prompt,
  foundation model
model-evaluation < machine-learning: evaluate*0.4, evaluation*0.4, eval, evals, benchmark*0.6, leaderboard,
  test set, ground truth, confusion matrix, f1 score, roc, auc, calibration*0.5, human evaluation, rubric*0.3,
  red team*0.4, llm judge, regression in quality, which model is better, compare models, accuracy per group
ai-safety < machine-learning: alignment*0.4, fairness*0.7, bias*0.5, biased*0.6, algorithmic bias,
  explainability, explainable ai, interpretability, shap, why did the model, model card, responsible ai,
  ai ethics, ai act, guardrails, content filter, prompt injection*0.7, treats groups differently,
  discriminates*0.4, disparate impact, black box*0.5
computer-vision < machine-learning: image recognition, object detection, image classification,
  image segmentation*0.7, yolo, opencv, face recognition, facial recognition, ocr*0.5, bounding box,
  bounding boxes, camera feed, video analytics, pose estimation, convolutional, cnn*0.5, recognize objects,
  count objects, detect objects, photos of parts, visual inspection*0.7, license plate*0.6, point cloud,
  depth estimation, optical flow, what is in the picture, image labeling, image annotation
nlp < machine-learning language: natural language processing, text classification, sentiment analysis,
  sentiment*0.7, named entity, entity extraction, topic model, topic modeling, text mining, summarization*0.5,
  tokenization, word embeddings, bert, intent detection, keyword extraction, language detection,
  text analytics, positive or negative, open-ended answers*0.5, free-text*0.5, categorize comments, tag texts
speech-ai < machine-learning audio-video: speech recognition, speech to text, speech-to-text, text to speech,
  text-to-speech, tts, asr, voice recognition, whisper*0.5, voice cloning, voice assistant*0.5,
  synthetic voice, speaker diarization, who said what*0.6, transcribe*0.6, transcription*0.6, wake word,
  dictation*0.6
recommender-systems < machine-learning: recommender, recommendation engine, recommendation system,
  collaborative filtering, personalization*0.7, personalisation*0.7, personalize, recommended for you,
  people who bought, similar items, cold start, ranking model, matrix factorization, what to watch next,
  suggest products
data-labeling < machine-learning: annotation*0.7, annotate*0.7, annotators, labeling, labelling, label data,
  crowdsourcing, inter-annotator agreement, active learning, weak supervision, gold standard, training data,
  mechanical turk
optimization < mathematics: optimisation*0.6, linear programming, integer programming, mixed integer,
  operations research, solver*0.7, constraint programming, constraints*0.4, simplex, gurobi, or-tools,
  heuristic*0.6, knapsack, scheduling problem*0.6, assignment problem, minimize cost, maximize profit,
  best combination, best mix, travelling salesman, traveling salesman, convex, convex optimization,
  simulated annealing, genetic algorithm, optimal*0.5, objective function, allocation problem,
  cheapest combination
simulation < mathematics: simulate, simulator, monte carlo, agent-based model, discrete event, what-if,
  what if scenario, digital twin, system dynamics, stochastic simulation, queueing, queuing theory,
  scenario analysis, play out*0.3
surveys < research statistics: survey*0.8, questionnaire, questionnaires, poll*0.6, polling*0.6, respondents,
  response rate, likert, survey design, survey results, weighting responses, sample survey, feedback form,
  leading question*0.6, nps*0.5, census*0.5, public opinion
knowledge-graphs < data-engineering: knowledge graph, ontology, ontologies, taxonomy*0.6, semantic web, rdf,
  sparql, linked data, triples, owl*0.2, wikidata, entity linking, controlled vocabulary, concept hierarchy,
  graph database, cypher query
spreadsheets < office: spreadsheet, excel, google sheets, vlookup, xlookup, pivot table, pivot tables,
  formula*0.5, formulas*0.6, cell*0.2, cells*0.3, macro, macros, vba, worksheet*0.5, workbook*0.6,
  conditional formatting, sum column, sumif, ref error, circular reference, csv, lookup*0.5, tab*0.2,
  tabs*0.3, libreoffice, excel sheet, xlsx, column totals
`;
