/** Medicine, mental health, fitness, care. */
export const health = `
# medicine: medical, doctor, doctors, physician, hospital, clinic, clinical, clinician, patient*0.7, patients,
  health*0.6, healthcare, health care, nurse*0.7, nursing*0.6, disease, diseases, illness, disorder*0.5,
  treatment*0.6, therapy*0.5, diagnosis, surgery, surgeon, surgical, gp*0.5, specialist*0.1, prescription*0.6,
  condition*0.2, medically, bedside, ward*0.4, icu
symptoms < medicine: symptom, diagnose*0.6, differential diagnosis, triage*0.6, fever, cough, coughing,
  pain*0.7, ache, aches, headache, headaches, migraine, nausea, vomiting, dizzy, dizziness, rash, itchy,
  itching, sore throat, swelling, swollen, fatigue*0.5, chest pain, shortness of breath, stomach ache,
  stomach pain, diarrhea, bleeding, lump, numb, numbness, tingling, should i see a doctor,
  should i go to the er, feeling sick, feel sick, unwell, hurts, hurt*0.5, throbbing, palpitations,
  red flags*0.4, urgent care, fainted, back pain*0.7, blurry vision, self-care*0.3, infection*0.6, bruise,
  chills, cramps, sneezing
emergency-medicine < medicine: emergency room, ambulance, paramedic, first aid, cpr, choking, burn*0.3,
  poisoning, swallowed, overdose, stroke*0.5, heart attack, bleeding, anaphylaxis, emergency*0.6, er,
  trauma*0.4, concussion, unconscious, 911*0.5, snake bite, wound*0.6, defibrillator, triage, head injury,
  broken bone, stitches
medications < medicine pharmacology: medication, drug*0.6, drugs*0.6, drug interaction, drug interactions,
  interaction*0.3, interactions*0.4, dose, dosage, doses, dosing, prescription, prescriptions, pharmacist,
  pharmacy, pill, pills, tablet*0.4, tablets*0.5, side effect, side effects, antibiotic, antibiotics,
  ibuprofen, paracetamol, acetaminophen, aspirin, statin, insulin, blood thinner, warfarin,
  antidepressant*0.6, antidepressants*0.6, contraindication, contraindications, contraindicated, refill*0.6,
  over-the-counter, safe together, take together, mix with alcohol, grapefruit*0.5, polypharmacy, painkiller,
  painkillers, generic drug, missed a dose, supplements*0.5, metformin, adherence, bottles of pills,
  herbal*0.5, remedy*0.4, milligrams
pharmacology: pharmacokinetics, pharmacodynamics, half-life, pharmacovigilance, adverse event, adverse events,
  adverse reaction, toxicology, metabolism*0.4, mechanism of action, opioid, drug safety*0.7, formulation*0.4
medical-imaging < medicine computer-vision: radiology, radiologist, x-ray, x-rays, xray, mri, ct scan, ct,
  ultrasound, scan*0.4, scans*0.5, mammogram, dicom, tumor segmentation, medical image, medical images,
  pet scan, nodule, fracture*0.6, chest x-ray, imaging*0.5, retina scan, pathology slide, lesion, lesions,
  shadow on the lung, contouring
lab-results < medicine: blood test, blood tests, lab report, blood work, bloodwork, cholesterol, ldl, hdl,
  glucose, hba1c, hemoglobin, haemoglobin, white blood cell, platelets, thyroid, tsh, liver enzymes,
  kidney function, creatinine, ferritin, vitamin d, reference range, urine test, biopsy*0.5, test results*0.6,
  what do my results mean, out of range*0.5, marker*0.3, biomarkers*0.5, potassium
clinical-trials < medicine research: clinical trial, trial*0.5, trials*0.5, enrollment*0.4, eligible patients,
  eligibility criteria, inclusion criteria, exclusion criteria, phase 3, phase ii, phase iii, placebo,
  randomized controlled, rct, informed consent*0.5, trial matching, experimental treatment, new treatment*0.4,
  trial protocol, fda approval, irb, study coordinator, endpoint*0.2, endpoints*0.1, investigational
clinical-documentation < medicine: clinical notes, medical scribe, scribe*0.7, soap note, soap notes,
  discharge summary, discharge letter, chart*0.3, charting, ehr, emr, electronic health record,
  electronic health records, patient record, patient records, medical record, medical records, doctor's notes,
  visit summary, referral letter*0.8, consultation notes, fhir, hl7, dictation*0.5, handover*0.4, after-visit,
  paperwork for doctors*0.8, health records
medical-coding < medicine insurance: medical billing, icd-10, icd, cpt, diagnosis codes, billing codes,
  claim denial, denied claim*0.6, prior authorization, prior auth, hospital bill, superbill, snomed,
  reimbursement*0.4, drg, revenue cycle, upcoding, coders*0.3, insurer refused*0.5
patient-communication < medicine: patient education, plain language*0.5, explain diagnosis, patient leaflet,
  patient information, health literacy, explain to a patient, doctor said*0.6, medical jargon,
  consent form*0.5, discharge instructions, understand my diagnosis, what the doctor meant, aftercare,
  appointment reminder*0.4, in words i understand*0.4
public-health < medicine government: epidemiology, epidemiologist, outbreak, pandemic, epidemic, covid,
  covid-19, influenza, flu*0.6, vaccination, vaccine, vaccines, contact tracing, infection rate, incidence,
  prevalence, quarantine, surveillance*0.4, transmission*0.4, disease spread, reproduction number, r0,
  cases per, herd immunity, who guidelines, measles, hygiene*0.5, sanitation
chronic-disease < medicine: diabetes, diabetic, blood sugar, asthma, inhaler, hypertension,
  high blood pressure, blood pressure, heart disease, heart failure, copd, arthritis, chronic pain,
  chronic*0.6, chronic illness, kidney disease, epilepsy, seizures*0.7, parkinson's, multiple sclerosis,
  glucose readings, remote monitoring*0.5, long-term condition, insulin pump, cgm, flare-up*0.6, crohn's,
  migraine*0.5
oncology < medicine: oncologist, cancer, tumor, tumour, tumors, chemotherapy, chemo, radiation therapy,
  radiotherapy, leukemia, lymphoma, breast cancer, melanoma, metastasis, biopsy, malignant, benign, remission,
  carcinoma
cardiology < medicine: cardiologist, heart*0.6, ecg, ekg, arrhythmia, atrial fibrillation, heartbeat,
  pacemaker, cardiac, pulse*0.4, echocardiogram, cardiovascular, stent, irregular heartbeat
dermatology < medicine: dermatologist, skin*0.7, mole*0.5, acne, eczema, psoriasis, sunburn, rash,
  skin condition, spot on my skin, skin lesion, hives, wart, skin cancer
pediatrics < medicine parenting: pediatrician, paediatric, paediatrics, child health, infant*0.6, newborn*0.7,
  baby fever, toddler*0.5, growth chart, childhood vaccines, teething*0.6, croup, my baby has
pregnancy < medicine parenting: pregnant, prenatal, midwife, obstetrics, obstetrician, gynecology,
  gynaecology, birth*0.5, labor*0.2, due date*0.3, fertility, ivf, ovulation, menstrual, menopause,
  contraception, breastfeeding, postpartum, period tracking, expecting, trimester, morning sickness,
  women's health
dental < medicine: dentist, tooth, teeth, toothache, gum*0.5, gums*0.7, cavity, braces, root canal,
  orthodontist, orthodontics, wisdom teeth, oral hygiene, crown*0.4, dentures, flossing
eye-care < medicine: ophthalmology, optometrist, eye exam, glasses*0.5, contact lenses, vision test, retina,
  glaucoma, cataract, cataracts, eyesight, short-sighted, optician, eye doctor
veterinary < animals medicine: vet, veterinarian, pet health, sick dog, sick cat, animal health, deworming,
  pet medication, ate chocolate, livestock disease, limping dog, spay, neuter, vaccinate dog, my dog ate,
  my cat won't eat, vomiting dog, kennel cough, equine
rare-disease < medicine genomics: rare diseases, orphan disease, undiagnosed, genetic disorder,
  genetic counseling, genetic counselor, orphanet, diagnostic odyssey, no doctor can explain, syndrome,
  hereditary condition, newborn screening
physiotherapy < medicine fitness: physical therapy, physiotherapist, physio, rehab*0.7, rehabilitation*0.7,
  knee*0.7, shoulder pain, sprain, sprained ankle, torn ligament, acl, posture, range of motion, lower back,
  back pain, stiff neck, injury recovery, mobility exercises, tendon, tendonitis, sore knee,
  after surgery exercises, occupational therapy*0.6, frozen shoulder, hamstring
psychology < social-science: psychologist, personality, personality test, cognitive bias, behavior*0.4,
  behaviour*0.4, behavioral science, behavioural, motivation*0.5, psychometrics, child development,
  attachment style, nudge*0.6, habit*0.5, habits*0.6, habit formation, introvert, decision making*0.4,
  iq test, memory*0.2, procrastination*0.6, procrastinate*0.6
addiction < mental-health: addicted, alcoholism, alcohol problem, drinking problem, sober, sobriety,
  rehab*0.6, quit smoking, stop smoking, nicotine, vaping, gambling addiction, recovery*0.3, relapse,
  withdrawal symptoms, craving, cravings, twelve step, opioid*0.5, substance abuse
sleep-health < mental-health medicine: insomnia, can't sleep, sleep*0.6, sleep apnea, sleeping*0.5, snoring,
  sleep schedule, lying awake, nap*0.5, circadian, jet lag*0.4, sleep quality, wake up tired, nightmares,
  melatonin, bedtime*0.5
nutrition < health-fitness: nutritionist, dietitian, diet, diets, dieting, calories, calorie, macros*0.4,
  protein intake, vitamins, vitamin*0.6, weight loss*0.7, lose weight, gain weight, vegan*0.5, vegetarian*0.5,
  keto, gluten free*0.5, gluten-free*0.5, food allergy*0.7, allergies*0.6, allergy*0.6, lactose intolerant,
  meal plan*0.6, healthy eating, healthy food, nutrient, nutrients*0.5, fiber*0.3, low carb,
  intermittent fasting, obesity, bmi, sodium*0.4, celiac, food diary, eat better, nutrition label,
  peanut allergy
# health-fitness: fitness, wellness*0.7, healthy*0.5, healthier, lifestyle*0.4, in shape, wearable*0.5,
  fitbit, steps a day*0.6, health coach, out of shape
fitness < health-fitness sport: workout, workouts, exercise*0.6, exercises*0.5, gym, personal trainer,
  strength training, weightlifting, lift weights, cardio, running*0.4, jogging, marathon*0.6,
  training plan*0.7, couch to 5k, 5k*0.6, muscle, muscles, squat, deadlift, bench press, hiit, stretching,
  stretches*0.5, yoga*0.7, pilates, crossfit, home workout, push-ups, pull-ups, reps, get fit, get in shape,
  heart rate*0.6, vo2 max, flexibility*0.4, body fat, bodybuilding, warm-up*0.5, dumbbell, dumbbells,
  treadmill, stamina, race day*0.6, ten k
yoga-meditation < health-fitness: yoga, meditation, meditate, breathing exercise, breathwork, mindfulness,
  pranayama, asana, relax*0.5, relaxation*0.7, guided meditation, zen*0.5, tai chi, calm*0.4, calm down*0.6,
  unwind
elder-care < medicine family: elderly*0.7, aging parent, ageing parent, dementia, alzheimer's, caregiver,
  carer, caregiving, nursing home, care home, assisted living, home care, hospice, end of life care,
  palliative, senior*0.3, seniors*0.6, fall risk, grandmother keeps forgetting, old parents*0.6,
  retirement home, frail, respite care, grandma*0.3, grandpa*0.3
hospital-operations < medicine operations: bed management, bed occupancy, patient flow,
  operating room schedule, operating theatre, nurse rota, nurse roster, shift nurses, waiting list*0.6,
  waiting times*0.5, appointment scheduling*0.6, clinic schedule, patient scheduling, ward staffing,
  telehealth, telemedicine, practice management, no-shows*0.4
medical-devices < medicine regulatory: medical device, fda clearance, 510k, ce marking, mdr*0.5, iso 13485,
  implant, prosthetic, prosthesis, wearables*0.6, pulse oximeter, hearing aid*0.5, infusion pump,
  device recall, biomedical engineering
nursing-care < medicine: nursing, nurse, nurses, care plan, vital signs, wound care, catheter, bedsores,
  patient monitoring, medication round, handoff, iv drip, injections*0.6, home nurse
medical-education < medicine education: medical student, med school, medical school, usmle, board exam,
  anatomy, clinical case, residency, nursing exam, nclex, medical training, simulated patient, mcat
speech-therapy < medicine language: speech therapist, stutter, stammer, stuttering, lisp*0.5, aphasia,
  pronunciation practice*0.4, speech delay, late talker, articulation, voice therapy
alternative-medicine < health-fitness: acupuncture, homeopathy, ayurveda, herbal medicine, herbal remedy,
  chiropractor, massage*0.7, reiki, essential oils, aromatherapy, traditional chinese medicine, naturopath,
  herbs*0.3
`;
