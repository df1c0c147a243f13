/** Mathematics, natural sciences, engineering. */
export const science = `
# mathematics: math, maths, mathematician, equation, equations, theorem, algebra, calculus, geometry,
  arithmetic, trigonometry, number theory, topology, combinatorics, integer*0.5, prime*0.4, primes*0.6,
  matrix, matrices, vector*0.4, linear algebra, fraction, fractions, polynomial, logarithm, sum*0.3,
  solve*0.4, numerical, formula*0.4, calculate*0.5, calculation*0.5, calculations*0.5, compute*0.3,
  add up*0.3, percentages*0.4, percent*0.2
proofs < mathematics: proof, prove, proven, lemma, theorem prover, formal proof, formal verification,
  proof assistant, lean*0.6, coq, isabelle, agda, axiom, axioms, conjecture, induction*0.6, counterexample,
  rigorous, rigorously, machine-checked, logic*0.6, logician, formal methods, tla+, model checking,
  sat solver, smt, z3, correctness*0.6, verified*0.3, invariant, satisfiability, predicate logic,
  contradiction*0.4, gap in the argument, airtight, watertight, provably, formalize
symbolic-math < mathematics: integral, integrals, derivative*0.6, derivatives*0.4, differentiate*0.4,
  integrate*0.2, limit*0.2, limits*0.2, differential equation, differential equations, closed form,
  simplify expression, factor*0.3, computer algebra, mathematica, sympy, maple*0.2, symbolic, ode, pde,
  taylor series, laplace transform, fourier, by hand algebra, antiderivative, eigenvalue, eigenvalues,
  series*0.2
numerical-methods < mathematics: numerical analysis, finite element, finite difference, floating point,
  rounding error, newton's method, interpolation, spline, ill-conditioned, sparse matrix, matlab, numpy,
  scipy, mesh*0.4, convergence*0.6, does not converge, discretize, runge-kutta, curve fitting, root finding,
  blows up, linear solver, numerical instability, octave*0.3
geometry: triangle, triangles, circle*0.4, angle*0.5, angles*0.5, polygon, coordinates*0.4, area*0.3,
  volume*0.3, perimeter, pythagoras, surface area, tessellation, euclid
math-tutoring < mathematics education: math homework, maths homework, math tutor, homework*0.5, word problem,
  word problems, long division, times tables, algebra homework, step by step solution,
  struggling with fractions, calculus exam, sat math, competition math, olympiad
game-theory < mathematics economics: nash equilibrium, mechanism design, auction*0.6, auctions*0.6,
  bidding strategy, payoff, incentives*0.5, strategic, zero-sum, bargaining*0.4, prisoner's dilemma,
  fair division, voting theory
graph-theory < mathematics: graph algorithm, shortest path, minimum spanning tree, network flow,
  graph coloring, centrality, social network analysis, community detection, connected components, dijkstra
algorithms < mathematics software: algorithm, data structure, data structures, big o, complexity*0.5,
  sorting*0.4, dynamic programming, recursion, recursive, hash table, leetcode, binary tree, np-hard,
  greedy*0.3, competitive programming, coding interview, brute force*0.4
cryptography < mathematics security: cryptographic, encryption, encrypt, encrypted, decrypt, cipher, aes, rsa,
  elliptic curve, public key, private key, key exchange, digital signature, hash function, zero-knowledge,
  zero knowledge, post-quantum, random numbers*0.5, homomorphic, key management, tls handshake, secret key,
  signature scheme, end-to-end encryption
# physics: physicist, mechanics*0.4, thermodynamics, quantum mechanics, relativity, electromagnetism,
  particle, particles*0.6, energy*0.3, force*0.3, forces*0.4, momentum, velocity*0.6, gravity, gravitational,
  optics, laser, lasers, wave*0.4, waves*0.5, magnetic, magnetic field, electric field, plasma*0.5,
  nuclear*0.6, superconductor, semiconductor, collider, accelerator*0.3, photon, electron, electrons, neutron,
  string theory, entropy, temperature*0.3, friction, vacuum*0.3, acoustics, refraction, lab measurement, cern,
  spectroscopy*0.5
fluid-dynamics < physics: cfd, navier-stokes, turbulence, aerodynamics, airflow, laminar, openfoam, drag*0.4,
  flow around, wind tunnel, reynolds number, pressure drop, hydraulics*0.5
materials-science < physics chemistry: alloy, alloys, metallurgy, steel*0.6, polymer, polymers, composite*0.5,
  ceramics*0.5, crystal structure, corrosion, fatigue*0.3, tensile strength, nanomaterial, coating*0.5,
  density functional, brittle, hardness, carbon fiber, rust*0.3, plastics*0.5
astronomy: astronomer, astrophysics, telescope, telescopes, stargazing, star*0.5, stars*0.6, planet, planets,
  galaxy, galaxies, night sky, constellation, constellations, exoplanet, exoplanets, comet, meteor,
  meteor shower, asteroid, eclipse, moon*0.6, jupiter, mars, saturn, nebula, cosmology, black hole*0.7,
  supernova, observatory, light curve, astrophotography, hubble, milky way, milky, solar system
space: spacecraft, satellite, satellites, orbit, orbital, orbital mechanics, rocket, rockets, launch vehicle,
  launch window, nasa, esa, spacex, astronaut, mission control, re-entry, trajectory, lander, rover*0.4,
  cubesat, propulsion, space station, delta-v, payload*0.5, ground station
# chemistry: chemist, chemical, chemicals, molecule, molecules, molecular, compound*0.5, compounds*0.6,
  reaction*0.6, reactions*0.6, reagent, reagents, solvent, solvents, acid*0.5, ph*0.4, titration, catalyst,
  catalysis, stoichiometry, periodic table, element*0.2, ion*0.3, bond*0.2, organic chemistry, inorganic,
  electrochemistry, battery chemistry, mole*0.3, concentration*0.4, dilute, dilution, lab bench, beaker,
  flask*0.3, nmr, mass spectrometry, chromatography, hplc, spectra, spectrum*0.4, smiles*0.3, polymerization,
  distill, precipitate*0.5, oxidation, isomer, bleach*0.4
synthesis-planning < chemistry: synthesis, retrosynthesis, synthesize, synthesise, synthetic route,
  reaction pathway, yield*0.4, precursor, precursors, starting materials, how to make this molecule,
  total synthesis, building blocks*0.3, steps to make, protecting group, reaction conditions,
  route to the compound
cheminformatics < chemistry drug-discovery: smiles string, molecular docking, docking*0.5, rdkit, qsar,
  molecular property, solubility, toxicity prediction, fingerprint*0.3, virtual screening, binding affinity,
  molecular dynamics, force field, logp, quantum chemistry, dft, molecular simulation
chemical-safety < chemistry safety: safety data sheet, sds, msds, hazardous, hazardous chemical, hazmat,
  fume hood, flammable, explosive*0.5, toxic*0.7, corrosive, incompatible chemicals, what not to mix,
  mix bleach*0.8, storage of chemicals, spill, ghs, exposure limit, poisonous*0.5, fumes, dangerous to mix,
  dispose chemicals
analytical-chemistry < chemistry: chromatogram, peaks*0.5, mass spec, spectrometer, spectroscopy,
  infrared spectrum, impurity, impurities, assay*0.6, calibration curve, trace amounts, purity,
  gas chromatography, nmr spectrum, unknown substance, lab analysis, limit of detection
drug-discovery < chemistry pharmacology: drug candidate, lead optimization, medicinal chemistry,
  target identification, hit to lead, admet, preclinical, pharma*0.6, pharmaceutical*0.6, ligand, inhibitor,
  biotech*0.5, drug target
chemical-engineering < chemistry manufacturing: process engineering, reactor*0.6, distillation column,
  heat exchanger, scale-up, process flow, refinery, petrochemical, mass balance, pilot plant, unit operation
# biology: biologist, biological, cell*0.5, cells*0.6, organism, organisms, species*0.6, life science,
  life sciences, evolution*0.6, evolutionary, ecology*0.6, microbiology, bacteria, bacterial, virus*0.4,
  viruses*0.5, fungus, enzyme, enzymes, zoology, botany, anatomy*0.4, physiology*0.6, metabolism*0.5, lab*0.5,
  laboratory*0.5, microscope, microscopy, cell culture, petri dish, biochemistry, tissue*0.5, immune*0.4,
  neuron*0.6, neurons*0.6, mutant, wet lab, biotech, yeast*0.4, mice*0.5
genomics < biology: genome, genomes, gene, genes, genetic, genetics, dna, rna, sequencing, sequence*0.4,
  sequences*0.4, rna-seq, variant*0.4, variants*0.5, variant calling, mutation, mutations, snp, crispr,
  gene editing, guide rna, expression*0.2, gene expression, differential expression, single-cell, chromosome,
  allele, bioinformatics, bioinformatician, blast*0.4, fastq, bam*0.3, vcf, alignment*0.4, reads*0.2,
  primer*0.4, primers*0.5, pcr, qpcr, plasmid, cloning*0.5, hereditary, inherited*0.5, genotype, phenotype,
  epigenetics, methylation, metagenomics, microbiome, phylogenetic, phylogeny, ancestry*0.3
proteins < biology: protein*0.7, protein structure, folding*0.4, protein folding, alphafold, amino acid,
  amino acids, peptide, antibody, antibodies, enzyme, binding site, proteomics, structural biology, pdb*0.5,
  residue, residues, crystallography, cryo-em, receptor, protein design, mutation effect,
  3d shape of a protein
lab-protocols < biology: lab protocol, protocol*0.5, protocols*0.5, pipette, pipetting, western blot, elisa,
  experiment design*0.7, reagents, incubate, centrifuge, lab notebook, gel*0.3, electrophoresis, buffer*0.3,
  failed experiment, assay, bench work, liquid handler*0.6, troubleshoot pcr, transfection, controls*0.2,
  sop*0.4, lab automation
ecology < biology environment: ecosystem, ecosystems, biodiversity, wildlife, habitat, conservation*0.6,
  endangered, species identification, invasive species, bird*0.5, birds*0.5, birdsong, birdwatching,
  insects*0.6, pollinator, pollinators, population dynamics, camera trap, food web, field guide, what bird,
  plant identification*0.7, mushroom identification, wetlands, forest ecology, marine biology, coral,
  coral reef, whales, animal tracking, migration of birds
neuroscience < biology medicine: brain*0.6, brains*0.5, neural activity, eeg, fmri, cortex, neurons, synapse,
  spike sorting, brain imaging, cognitive science, neuroimaging, brain-computer interface, connectome
immunology < biology medicine: immune system, antibody, antigen, vaccine*0.5, t cell, cytokine,
  inflammation*0.5, immune response, flow cytometry, autoimmune*0.6
# environment: environmental, sustainability, sustainable, eco-friendly, green*0.3, pollution, recycling,
  recycle, waste*0.5, waste management, landfill, compost*0.4, circular economy, plastic waste,
  environmental impact, impact assessment, water quality, air quality, contamination, emissions*0.7,
  conservation*0.5, biodegradable, zero waste, smog
climate < environment: climate change, global warming, carbon*0.6, carbon footprint, greenhouse gas,
  greenhouse gases, co2, net zero, carbon credit, carbon credits, offset*0.4, offsets*0.4, decarbonize,
  decarbonization, scope 3, climate model, climate risk, esg*0.6, sea level, heatwave*0.5, adaptation*0.3,
  emissions*0.7, life cycle assessment, lca, paris agreement, warming, carbon accounting, emissions report,
  flying footprint, temperature rise
weather: weather forecast, rain*0.6, storm*0.6, storms*0.6, hurricane, tornado, snow*0.6, meteorology,
  meteorologist, temperature*0.4, humidity*0.6, wind*0.4, radar*0.4, precipitation, forecast*0.4,
  umbrella*0.7, sunny, frost*0.6, thunderstorm, hail, flood warning, will it rain, climate data, monsoon,
  drought*0.5, severe weather, barometer
geology < science-earth: geologist, rock*0.3, rocks*0.5, mineral, minerals*0.7, earthquake, earthquakes,
  seismic, volcano, volcanoes, fault line, sediment, stratigraphy, fossil*0.6, mining*0.5, ore, drill core,
  soil survey, groundwater, hydrogeology, borehole, tectonic, landslide, gemstone*0.5, paleontology*0.6,
  well log
oceanography < science-earth: ocean*0.7, oceans*0.7, tide*0.5, tides*0.6, currents*0.4, sea surface, salinity,
  buoy, marine science, seabed, bathymetry, reef
# science-earth: earth science, earth observation, geoscience, atmosphere*0.5, hydrology, glacier,
  remote sensing
geography < science-earth: map*0.6, maps*0.7, mapping*0.5, cartography, cartographer, latitude, longitude,
  coordinates*0.5, gps*0.5, terrain, topographic, satellite image*0.6, satellite imagery*0.7, continents,
  capital city, border*0.3, region*0.3, elevation, distance between, location data, land cover, spatial*0.5,
  where things are
# research: researcher, researchers, academic, academia, scholar, scholarly, scientific, science*0.6,
  scientist, study*0.4, studies*0.5, evidence*0.5, hypothesis*0.6, phd, dissertation, thesis, peer review,
  peer-reviewed, journal*0.6, journals*0.6, professor*0.5, methodology*0.5, finding*0.1, findings*0.6,
  university*0.4, experiment*0.4, experiments*0.4, literature*0.5, supervisor*0.3, grad student, postdoc
literature-review < research: literature search, systematic review, papers*0.6, paper*0.4, scientific papers,
  arxiv, pubmed, google scholar, prior work, state of the art, survey paper, related work, what is known,
  what has been published, meta-analysis, evidence synthesis, read papers*0.8, summarize papers, prisma,
  who has studied, published studies, existing studies, body of research, screening abstracts, scoping review,
  annotated bibliography, research gap, cochrane
citations < research: citation, cite*0.7, cited, cites, reference list, references*0.6, referencing,
  bibliography, bibtex, zotero, endnote, mendeley, doi, apa style, apa, mla, chicago style, footnote,
  footnotes, plagiarism*0.5, fabricated references, quote source*0.5, citation format, do these sources exist,
  works cited
paper-writing < research writing: manuscript*0.6, abstract*0.5, write a paper, academic writing,
  journal submission, reviewer comments, rebuttal*0.6, response to reviewers, latex, overleaf,
  figures for paper, conference paper, cover letter to editor, scientific writing, camera-ready,
  word limit*0.4, imrad, thesis chapter
peer-review-science < research: peer review, referee report, referee, review a paper, methodological flaw,
  reproducibility, replicate study, replication*0.5, p-hacking, study quality, weaknesses in a paper,
  retraction, retracted, critique*0.5, risk of bias
grants < research fundraising: grant*0.7, grant proposal, grant application, funding*0.6, research funding,
  nsf, nih, erc, horizon europe, funding agency, funding call, specific aims, principal investigator,
  budget justification, fellowship, stipend*0.4, proposal writing*0.6
experimental-design < research statistics: study design, randomize, randomized, randomised, factorial,
  control*0.2, blinding, double-blind, placebo, sample size, pre-registration, preregister,
  design of experiments, doe*0.3, between subjects, repeated measures, replicates, power calculation
fact-checking < research journalism: fact check, fact-check, fact-checker, verify claims, verify a claim,
  debunk, misinformation, disinformation, hoax, rumor, rumour, is it true, is this true, true or false*0.7,
  myth*0.5, fake news, source credibility, deepfake*0.6, viral post*0.7, claim*0.3, quote attributed,
  manipulated photo, conspiracy*0.5, snopes, did he really say, urban legend
competitive-intelligence < market-research web-search: competitor, competitors, competitive analysis, rivals,
  rival*0.7, what competitors charge, monitor competitors, swot, competitive landscape, battlecard,
  who else sells, competitor pricing, market map, other companies doing*0.5
osint < web-search security: open source intelligence, background check*0.6, find a person, people search,
  reverse image search, geolocate photo, geolocate, where was this photo taken, due diligence*0.4,
  public records, digital footprint, social media profile*0.4, who owns this domain, whois
patents-search < intellectual-property research: patent search, prior art, freedom to operate,
  patent landscape, patents*0.7, patentability, has someone already invented, already invented,
  patent database, espacenet, uspto
genealogy < history: genealogist, family tree, ancestor, ancestors, ancestry, family history,
  great-grandfather, great-grandmother, great grandfather, great grandmother, great-grandparents, descendants,
  lineage*0.4, parish register, parish registers, parish records, census records, birth certificate*0.5,
  dna match, dna test*0.5, maiden name, surname origin, surname, where my family came from, ellis island,
  immigrant ancestors, heraldry, coat of arms, ship manifest, relatives*0.4, gravestone, obituary*0.5,
  forebears
linguistics < language: linguist, phonetics, phonology, morphology*0.5, syntax*0.4, etymology, word origin,
  dialect, dialects, accent*0.5, corpus, endangered language, where the word comes from, ipa*0.4,
  semantics*0.4, sociolinguistics, grammar*0.4, proto-indo-european, historical linguistics
anthropology < social-science: anthropologist, ethnography, ethnographic, culture*0.4, rituals, kinship,
  indigenous, fieldwork, tribe
# social-science: sociology, sociologist, demographics, demographic, inequality, social policy, society*0.4,
  gender studies, urban studies, population*0.4, migration*0.4, qualitative research, interviews*0.4,
  focus group, focus groups, thematic analysis, coding interviews, social research, community*0.3, poverty
# engineering: mechanical engineering, mechanical, civil engineering, electrical engineering, structural*0.6,
  engineer*0.5, design calculation, cad*0.5, tolerance*0.4, stress*0.2, load*0.2, drawing*0.3,
  specification*0.4, prototype*0.5, technical drawing, mechanism*0.4, gears, bearing*0.4, torque, spring*0.1,
  solidworks*0.6, reliability*0.4, systems engineering
mechanical-design < engineering: cad, solidworks, autocad, fusion 360, 3d model*0.5, finite element analysis,
  fea, tolerances, gearbox, gear*0.4, bolt*0.5, bolts*0.5, stress analysis, vibration*0.6, thermal analysis,
  sheet metal, injection mold, hinge*0.5, part drawing, design for manufacture, machine design, bracket*0.5,
  parametric*0.5
three-d-printing < engineering manufacturing: 3d print, 3d printing, 3d printer, 3d printed, filament, slicer,
  stl, g-code, pla*0.5, resin print, print failed*0.5, bed adhesion, additive manufacturing, extruder,
  stringing*0.7, warping*0.5, prusa, printing supports
structural-engineering < engineering construction: structural engineer, beam*0.6, beams*0.6, load-bearing,
  bridge*0.6, bridges*0.6, concrete*0.6, rebar, truss, foundation*0.4, seismic design, building code*0.6,
  column*0.2, wall can be removed, will it hold, retaining wall, cracks in wall, steel frame, deflection,
  load calculation
electrical-engineering < engineering: circuit, circuits, voltage, current*0.2, resistor, capacitor,
  transistor, pcb, circuit board, amplifier*0.6, power supply, analog, op-amp, motor*0.5, transformer*0.3,
  wiring diagram, electronics, oscilloscope, spice*0.3, antenna*0.6, rf*0.6, signal processing, filter design,
  wire gauge, breadboard, multimeter, chip design, integrated circuit, asic
signal-processing < engineering mathematics: dsp, fft, fourier transform, spectral analysis, filter*0.3,
  sampling rate, noise reduction*0.5, wavelet, kalman filter, time-frequency, denoise, modulation, beamforming
quality-engineering < engineering manufacturing: six sigma, quality control, spc, statistical process control,
  fmea, reliability engineering, failure analysis, mean time between failures, defect*0.6, defects*0.6,
  defect rate, root cause*0.5, iso 9001, inspection*0.6, control chart, weibull, capa, non-conformance
hydraulic-civil < engineering construction: drainage*0.6, stormwater, sewer*0.6, dam*0.5, water supply,
  flood*0.4, hydrology*0.6, irrigation*0.4, pipe network, wastewater, water treatment, culvert
surveying < engineering geography: land survey, surveyor, total station, lidar, point cloud, boundary survey,
  topographic survey, gnss, drone survey*0.8, photogrammetry, cadastral
`;
