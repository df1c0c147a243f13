/** Travel, transport, places, manufacturing, energy, farming. */
export const world = `
# travel: traveling, travelling, traveler, traveller, trip*0.9, trips*0.9, vacation, vacations, holiday*0.7,
  holidays*0.6, journey*0.6, tourism, tourist, tourists, abroad, overseas*0.6, getaway, weekend break,
  city break, backpacking, backpacker, travel agent, destination*0.6, destinations, cruise*0.5,
  sightseeing*0.6, adventure*0.4, business trip, business travel, book travel, itinerary*0.6, tour*0.5,
  going away, travel plans, honeymoon*0.6, passport*0.5, suitcase*0.6, luggage*0.6, package tour, solo travel,
  wanderlust, road trip*0.5, weekend away
flights < travel aviation: flight, airfare, airfares, plane ticket, plane tickets, airline ticket, fly*0.6,
  flying*0.5, airline*0.8, airlines*0.8, airport*0.6, airports*0.6, layover, layovers, stopover,
  connection*0.3, red-eye, direct flight, nonstop, one-way, round trip, round-trip, return flight,
  cheap flight, cheap flights, seat upgrade, boarding pass, baggage*0.5, baggage allowance, frequent flyer,
  air miles, miles*0.3, book travel*0.7, book a trip*0.6, plane*0.6, business class, economy class,
  skyscanner, fare*0.6, fares*0.6, fare alert, flight deal, flight deals, cancelled flight*0.7,
  delayed flight*0.7, get me to*0.5, how to get there*0.3, jfk, heathrow, lax, jet*0.3, departure*0.4,
  long-haul, connecting flight
hotels < travel: hotel, accommodation, accommodations, lodging, hostel, hostels, airbnb, bed and breakfast,
  b&b, resort*0.6, room*0.2, rooms*0.4, place to stay, where to stay, somewhere to stay, place to sleep,
  somewhere to sleep, check-in*0.4, checkout time, booking.com, motel, inn, guesthouse, vacation rental,
  holiday rental, holiday let, room booking, book a room, book travel*0.6, book a trip*0.5, nights*0.4,
  overnight stay, suite*0.3, stay near*0.6, campsite*0.5, bunk*0.4, roof over*0.4, apartment for a week,
  self-catering, boutique hotel, villa*0.6
itinerary < travel: itineraries, trip plan, trip planner, trip planning, day by day*0.7, day-by-day,
  travel plan, plan a trip, plan my trip, plan a vacation, plan my vacation, book travel*0.5, book a trip*0.5,
  what to do in*0.6, days in*0.6, sightseeing, see in a day, stops*0.4, multi-city, route of the trip,
  road trip, road trips, trip schedule, travel itinerary, honeymoon plan, family trip, weekend in*0.7,
  bucket list, two weeks in*0.7, week in*0.5, three days in*0.7, four days in*0.7, tour planning, pace*0.2,
  everything worth seeing*0.7
local-guide < travel places: local knowledge, local tips, things to do, attractions, attraction, landmark,
  landmarks, museum*0.5, museums*0.6, neighborhood*0.6, neighborhoods*0.7, neighbourhood*0.6,
  neighbourhoods*0.7, hidden gem, hidden gems, off the beaten path, off the beaten track, tourist trap,
  tourist traps, restaurants nearby*0.7, nightlife*0.7, nightclub*0.4, locals*0.7, local customs*0.7,
  tipping*0.5, where to eat*0.6, city guide, guidebook, walking tour, tour guide, tours*0.5, insider tips,
  local food*0.5, markets*0.3, opening hours*0.5, street food*0.5, what's on, getting around*0.6,
  etiquette*0.4, viewpoint, local events*0.5, first time in*0.5, where locals go
visa-travel < travel immigration: visa requirements, tourist visa, entry requirements, passport validity,
  passport, passports, transit visa, esta, evisa, e-visa, border crossing*0.6, vaccination requirements*0.6,
  customs allowance, embassy, consulate, lost passport*0.8, travel documents, need a visa, allowed to enter,
  visa on arrival, permitted to stay
travel-safety < travel: travel advisory, safe to travel, travel insurance, travel health, jet lag,
  scams tourists*0.6, safe areas*0.6, emergency abroad, stranded*0.6, tap water*0.5, evacuated*0.4,
  unrest*0.4, malaria*0.5, pickpocket, pickpockets, altitude sickness, embassy contact, travel warning,
  dangerous country
travel-disruption < travel: flight cancelled, flight delayed, cancelled flight, delayed flight,
  missed connection, missed my connection, rebook, rebooking, lost luggage, lost baggage,
  stranded at the airport, stuck at the airport, airline compensation, eu261, strike*0.3, refund for flight,
  delay*0.4, delays*0.4, bumped*0.4, overbooked, plan b when travelling, bag never arrived,
  suitcase never arrived
ground-transport < travel: train*0.6, trains*0.7, rail*0.6, railway*0.7, rail pass, timetable*0.6,
  timetables*0.6, bus*0.5, buses*0.6, coach*0.2, metro*0.6, subway*0.7, tram*0.7, ferry*0.7, ferries*0.7,
  public transport, public transit, transit*0.5, taxi*0.7, cab*0.5, uber*0.6, lyft, ride share*0.5, rideshare,
  car rental, rental car, car hire, rent a car, hire a car, interrail, eurail, commute*0.6, airport transfer,
  train ticket, night train, platform*0.2, shuttle*0.6, amtrak, get from a to b, connections*0.3
packing < travel: packing list, pack*0.4, what to pack, luggage, suitcase, carry-on, hand luggage,
  travel gear, what to bring, backpack*0.6, travel light, travel checklist, toiletries, plug adapter
outdoor-recreation < travel sport: hiking, hike, hikes, trail*0.6, trails*0.7, trek*0.8, trekking, camping,
  campsite, campground, tent, backpacking*0.6, mountain*0.6, mountains*0.6, mountaineering, national park,
  national parks, kayak, kayaking, fishing, hunting*0.6, survival skills*0.6, outdoors, outdoor*0.5,
  bushcraft, climbing*0.6, wilderness, ski*0.6, skiing*0.6, scuba, diving*0.6, surf*0.5, surfing*0.5, canoe,
  summit*0.4, avalanche*0.7, elevation gain, gpx, waterfall*0.5, rock climbing, safari*0.5, angling, trailhead
hospitality < travel operations: hotel management, front desk, concierge, guest experience, housekeeping*0.6,
  room rates, revenue management, occupancy*0.6, hotel operations, guest services, hotel reviews, bellhop,
  property management system, room service, innkeeper, hotel guests, bartender*0.4, waiter*0.5
# places*0.5: new york, nyc, manhattan, brooklyn, london, paris, berlin, rome, madrid, barcelona, lisbon,
  porto, amsterdam, brussels, vienna, prague, budapest, warsaw, krakow, athens, istanbul, dubai, tel aviv,
  cairo, marrakech, nairobi, cape town, johannesburg, lagos, mumbai, delhi, bangalore, bangkok, singapore*0.7,
  hong kong, tokyo, kyoto, osaka, seoul, beijing, shanghai, sydney, melbourne, auckland, los angeles,
  san francisco, chicago, boston, miami, seattle, las vegas, toronto, vancouver, montreal, mexico city, rio,
  rio de janeiro, buenos aires, lima, bogota, santiago, stockholm, oslo, copenhagen, helsinki, reykjavik,
  dublin, edinburgh, zurich, geneva, milan, venice, florence, naples, munich, hamburg, bali, phuket, hawaii,
  europe*0.6, asia*0.6, africa*0.6, south america*0.6, italy*0.6, spain*0.6, france*0.6, germany*0.5,
  portugal*0.6, greece*0.6, japan*0.6, thailand*0.7, vietnam*0.6, india*0.4, china*0.4, mexico*0.6,
  brazil*0.5, iceland*0.7, norway*0.6, switzerland*0.6, morocco*0.7, egypt*0.6, turkey*0.5, croatia*0.7,
  scotland*0.6, ireland*0.5, peru*0.7, machu picchu, patagonia, caribbean, alps, big apple, city*0.2,
  cities*0.4, downtown*0.6, old town, capital*0.1, san diego, washington*0.5, texas*0.4, california*0.4,
  florida*0.5, canada*0.4, australia*0.5, new zealand*0.6, poland*0.4, indonesia*0.5, cambodia*0.7, nepal*0.7,
  sri lanka*0.7, cuba*0.6, costa rica*0.7, argentina*0.5, chile*0.5, sweden*0.4, denmark*0.4, finland*0.4,
  tuscany, sicily, provence, andalusia, island*0.5, islands*0.6, beach*0.7, beaches*0.7
# aviation: aircraft, airplane, airplanes, aeroplane, plane*0.6, pilot*0.6, pilots*0.7, cockpit,
  air traffic control, air traffic, runway*0.5, notam, metar, flight plan, flight planning, flight school,
  faa, easa, helicopter, helicopters, jet*0.5, turbine*0.4, airworthiness, aircraft maintenance, avionics,
  airspace, cessna, glider, altitude*0.5, take-off, takeoff, landing*0.3, airline operations, crew*0.4,
  crew scheduling, gate*0.2, ground handling, turbulence*0.5, wings*0.4, fuselage, hangar
drones < aviation robotics: drone, uav, uas, quadcopter, unmanned aerial, aerial photos, aerial survey,
  flight path, no-fly zone, drone footage, multirotor, waypoint, drone pilot, part 107, aerial imagery, px4,
  ardupilot
# maritime: ship*0.5, ships*0.7, vessel*0.7, vessels*0.7, boat*0.7, boats*0.7, sailing*0.7, sail*0.6, yacht,
  port*0.3, ports*0.4, harbor*0.7, harbour*0.7, marine*0.5, cargo ship, tanker, ais*0.6, nautical, seafarer,
  captain*0.4, ballast, charter party, marina, navigation at sea, tide tables, tides*0.6, coast guard, berth,
  mooring, sea route, shipyard, knots*0.4, anchor*0.4, draft*0.1, hull, buoy, solas, bill of lading*0.5,
  sea*0.4, lighthouse*0.4, crew*0.3
# logistics: supply chain, supply chains, freight, cargo*0.8, shipment, shipments, shipping*0.8, ship*0.4,
  delivery*0.6, deliveries*0.7, deliver*0.4, courier, couriers, carrier*0.6, carriers*0.6, parcel, parcels,
  package*0.4, packages*0.4, truck*0.7, trucks*0.7, trucking, lorry, lorries, haulage, dispatch*0.6,
  dispatcher, distribution*0.4, fulfillment*0.6, last mile, last-mile, forwarder, freight forwarder,
  pallet*0.7, pallets*0.8, incoterms, container*0.3, containers*0.3, lead time*0.6, transport*0.6,
  third-party logistics, 3pl, consignment, bill of lading, supply*0.3, fedex, ups*0.2, dhl, loads*0.3
route-planning < logistics optimization: route*0.7, routes*0.7, routing*0.5, route optimization,
  vehicle routing, delivery route, delivery routes, drivers*0.5, driver*0.3, stops*0.5, fleet routing,
  shortest route, dispatching, delivery windows, time windows, van*0.6, vans*0.7, navigation*0.5, traffic*0.4,
  directions*0.5, driving time, driving directions, eta, fewest miles, which order to visit, visit all*0.4,
  stop order, detour, rounds*0.3, less driving, google maps, waypoints
fleet-management < logistics automotive: fleet, telematics, vehicle tracking, fuel cost, fuel consumption,
  driver behavior, vehicle maintenance, eld, hours of service, trucks, company cars, mileage*0.6, tachograph,
  fleet electrification, gps tracking
warehousing < logistics: warehouse*0.8, warehouses*0.8, picking*0.6, picker, pick and pack, packing*0.5,
  storage*0.3, slotting, forklift, forklifts, dock*0.4, loading dock, wms, putaway, aisle, aisles, bin*0.3,
  bins*0.5, cross-dock, distribution center, distribution centre, order fulfillment, conveyor*0.6,
  pallet racking, stockroom, fulfilment centre, where to place goods, pickers walk
customs-trade < logistics law: customs*0.8, customs clearance, import*0.5, imports*0.6, export*0.4,
  exports*0.6, importing*0.6, exporting*0.6, tariff, tariffs, hs code, hs codes, duty*0.5, duties*0.6,
  import duties, trade compliance, customs broker, certificate of origin, sanctioned, export license,
  incoterms, border*0.5, stuck at the border, held at customs, cross-border, commercial invoice,
  free trade agreement, brexit, rules of origin, harmonized code, bonded, landed cost
tracking-shipments < logistics: tracking number, track my package, track shipment, track and trace,
  where is my parcel, package tracking, delayed shipment, estimated arrival, proof of delivery, lost package,
  late delivery, late deliveries, shipment status, visibility*0.3, delivery status, never arrived*0.5,
  in transit, stuck in transit, cold chain*0.6, temperature-controlled
supply-chain-planning < logistics operations: demand planning, production planning, s&op, supplier risk,
  supply disruption, shortage*0.6, shortages*0.7, lead times, bullwhip, network design*0.4, nearshoring,
  sourcing risk, bill of materials*0.5, supply chain risk, traceability*0.5, disruption*0.4, parts shortage,
  alternative suppliers, material requirements, mrp
moving-house < home logistics: moving company, movers, relocation*0.6, packing boxes, move out, moving day,
  house move, removal van, moving truck, change of address, storage unit, moving apartments, relocating*0.5,
  moving checklist
# automotive: car*0.7, cars*0.8, vehicle*0.7, vehicles*0.8, auto*0.5, automobile, mechanic*0.7, garage*0.6,
  engine*0.6, motor*0.4, motorcycle, motorbike, brake*0.6, brakes*0.8, tire, tires, tyre, tyres,
  transmission*0.6, clutch, gearbox*0.6, spark plug, oil change, check engine, check engine light,
  dashboard light, obd, obd-ii, obd2, car won't start, battery dead*0.6, dead battery*0.5, car repair,
  car maintenance, exhaust, muffler, radiator*0.5, alternator, suspension*0.5, steering*0.6, mot*0.4,
  car inspection, roadworthy, dealership, used car, second-hand car, buying a car, car buying, test drive,
  license plate*0.4, rattling noise*0.6, strange noise*0.4, squeaking*0.5, under the hood, windshield, bumper,
  mileage*0.5, toyota, ford*0.6, bmw, honda, volkswagen, vin*0.5, recall*0.4, drivetrain, carburetor,
  headlights, wheel*0.3, wheels*0.4, diesel*0.6, petrol*0.6
electric-vehicles < automotive energy: electric vehicle, electric car, electric cars, ev*0.8, evs,
  charging station, charging stations, charger*0.5, charging point, tesla, range anxiety, battery range,
  ev charging, hybrid car, plug-in, wallbox, charge my car, charge point, kwh, leaf*0.2
autonomous-driving < automotive robotics: self-driving, autonomous vehicle, autonomous vehicles, driverless,
  adas, lane keeping, lidar*0.6, sensor fusion, perception*0.5, motion forecasting, traffic signs, carla*0.5,
  robotaxi
traffic-transport < urban-planning logistics: traffic*0.7, traffic jam, congestion, traffic lights,
  road safety*0.6, transport planning, parking*0.7, parking space, mobility*0.4, bike sharing, bicycle*0.6,
  bike*0.6, cycling route, toll*0.5, ridership, transit network, highway, rush hour, junction, speed limit,
  scooter, micromobility
cycling-repair < sport: bicycle, bike repair, bicycle repair, derailleur, puncture, flat tire, bike chain,
  e-bike, bike fit, mountain bike, inner tube, bike shop
# manufacturing: manufacturer, factory, factories, production line, production*0.4, assembly line,
  assembly*0.5, plant*0.3, shop floor, machining, machinist, cnc, lathe, milling*0.6, welding, welder,
  machine tool, machine tools, injection molding, injection moulding, stamping, casting*0.4, tooling,
  industrial*0.6, industrial engineering, lean manufacturing, oee, mes*0.4, erp*0.6, sap*0.5,
  bill of materials, work order, work orders, yield*0.3, scrap*0.4, foundry, fabrication, sheet metal,
  quality inspection*0.6, batch record, die*0.2, press*0.2, conveyor*0.6, throughput*0.3, takt, changeover,
  gcode, g-code, toolpath, make parts, textile*0.5, packaging line, iso 9001
predictive-maintenance < manufacturing operations: preventive maintenance, maintenance*0.5,
  condition monitoring, vibration analysis, vibrations*0.6, bearing wear, machine failure, machine breakdown,
  downtime*0.6, breaks down*0.6, before it breaks, remaining useful life, equipment failure, spare parts*0.7,
  asset management*0.4, cmms, maintenance schedule, wear*0.3, pump*0.4, pumps*0.5, motor*0.3, bearings*0.6,
  overheating*0.4, fails again*0.3, servicing*0.4, technician*0.4, technicians*0.4, about to fail
industrial-control < manufacturing robotics: plc, plcs, ladder logic, scada, industrial automation, hmi,
  modbus, opc ua, pid controller, pid, control loop, process control, actuator*0.5, sensors*0.4, profinet,
  setpoint, valve*0.5, valves*0.5, distributed control system, siemens*0.5, allen-bradley, historian*0.3,
  oscillates*0.5
# robotics: robot, robots, robotic, robot arm, robotic arm, manipulator*0.6, gripper, grippers, grasp*0.6,
  grasping*0.7, ros, ros2, servo, actuator, kinematics, inverse kinematics, humanoid, cobot, end effector,
  mobile robot, legged, quadruped, teleoperation, machine that picks*0.5, arm*0.4, joint*0.3, joints*0.4,
  gazebo, mujoco, urdf, isaac sim, pick and place, automaton, dexterous, vacuum robot*0.5
robot-navigation < robotics: slam, localization*0.4, path planning, motion planning, obstacle avoidance,
  obstacle*0.6, obstacles*0.6, navigation*0.5, odometry, lidar, occupancy grid, waypoints*0.6,
  autonomous navigation, bumping into*0.6, bumps into*0.6, gets lost*0.3, nav2, collision-free,
  trajectory planning, mapping*0.3, particle filter, map of the room, trajectory*0.6, trajectories*0.6,
  costmap
robot-control < robotics: control theory, controller*0.5, pid tuning, mpc, model predictive control,
  torque control, feedback control, stability*0.4, servo*0.6, motor control, wobbles*0.6, oscillation*0.5,
  overshoot*0.7, kalman*0.5, state estimation, gait, balance*0.3, calibrate robot, hand-eye calibration,
  calibration*0.5, jerky*0.6, whole-body control
robot-learning < robotics machine-learning: reinforcement learning*0.7, imitation learning, sim-to-real,
  policy learning, learning from demonstration, reward function, domain randomization, teach a robot,
  foundation model for robots, demonstrations*0.5, behavior cloning, openai gym*0.6
robot-perception < robotics computer-vision: robot vision, depth camera, point clouds, perception*0.6,
  6d pose, object pose, bin picking, sensor fusion, stereo camera, visual servoing, realsense,
  segmentation*0.3
# energy: electricity*0.8, electric*0.4, power*0.4, power plant, power grid, grid*0.5, utility*0.4,
  utilities*0.5, renewable, renewables, solar, solar panels, solar panel, wind turbine, wind turbines,
  wind power, wind farm, hydropower, hydroelectric, nuclear power, reactor*0.4, battery storage,
  batteries*0.5, battery*0.4, smart meter, energy audit, energy efficiency, energy bill*0.7,
  electric bill*0.7, electricity bill*0.7, kwh, kilowatt, megawatt, inverter, photovoltaic, pv*0.5,
  energy market, demand response, load forecasting, oil and gas, natural gas, pipeline*0.2, drilling*0.5,
  petroleum, hydrogen*0.6, biofuel, geothermal, substation, transmission line, outage*0.3, blackout*0.6,
  microgrid, power consumption, consumption*0.4, insulation*0.5, heat pump, power purchase agreement,
  dispatch*0.1, tariff*0.3, feed-in, turbine*0.6
solar-home < energy home: rooftop solar, solar panels, solar panel, home battery, solar installation,
  solar quote, feed-in tariff, net metering, off-grid, off the grid, roof orientation, payback*0.4,
  sunlight on my roof, inverter, powerwall
oil-gas < energy: oil*0.4, gas*0.4, oil and gas, petroleum, drilling, well*0.1, wells*0.4, reservoir,
  reservoir simulation, refinery, upstream*0.3, pipeline integrity, lng, fracking, offshore*0.6, crude,
  barrel*0.4, oilfield, wellbore
# agriculture: agricultural, farm*0.8, farms*0.8, farmer, farmers, farming, crop*0.9, crops, harvest*0.8,
  harvests, soil*0.8, irrigation, irrigate, fertilizer, fertiliser, pesticide, pesticides, pest*0.6,
  pests*0.6, weeds*0.5, tractor, tractors, livestock, cattle, cow*0.6, cows*0.7, dairy*0.6, sheep*0.7,
  pig*0.5, pigs*0.6, poultry, chicken coop*0.7, grain*0.6, wheat*0.7, corn*0.4, maize, rice paddy,
  orchard*0.7, vineyard*0.7, yield*0.4, yields*0.5, agronomy, agronomist, precision agriculture,
  greenhouse*0.5, seed*0.3, seeds*0.5, planting*0.5, field*0.2, fields*0.2, acre, acres, hectare, hectares,
  ranch, barn, beekeeping, bees*0.6, hive*0.6, honey*0.4, aquaculture, fish farm, agritech,
  leaves turning yellow*0.5, blight, hay*0.6, calving, milk yield, manure, sowing, ploughing,
  coffee growers*0.6, smallholder
crop-disease < agriculture plants-care: plant disease, blight, fungus*0.5, leaf spots, spots on leaves,
  yellow leaves, brown spots, aphids, mildew, rot*0.5, wilting, wilt, plant pathology, insect damage,
  locust*0.6, leaves curling, plant is dying, fungicide, nutrient deficiency, rust on leaves, infestation
livestock < agriculture animals: cattle, herd, herds, dairy cows, sheep, goats, goat, pigs, poultry, hens,
  hen, eggs*0.4, milking, calving, lambing, feed ration, grazing, pasture, breeding*0.6, animal husbandry,
  slaughter, lameness, mastitis
forestry < agriculture environment: forest*0.7, forests*0.7, timber, logging*0.2, reforestation,
  tree planting, wildfire, arborist, tree*0.4, trees*0.5, lumber*0.5, deforestation, woodland, sawmill
fishing-industry < agriculture maritime: fishery, fisheries, fishing*0.6, trawler, fish stock, aquaculture,
  salmon farm, seafood*0.5, catch quota, fish farming, shellfish, nets*0.3
food-industry < manufacturing food: food safety, haccp, food processing, food labeling, shelf life,
  food factory, food manufacturer, product recall, allergen labeling, food hygiene, food inspection,
  salmonella, contamination*0.5, beverage*0.6, nutrition labels, listeria, expiration date, brewery*0.6,
  bakery*0.4
mining < geology manufacturing: mine*0.4, mines*0.5, miners, ore, excavator, mineral exploration, tailings,
  drill holes, quarry, gold mine, blasting, coal, lithium*0.5, pit*0.3
# telecoms: telecom, telecommunications, mobile network, cellular, cell tower, cell towers, 5g, 4g, lte,
  broadband, fiber optic, fibre*0.5, carrier*0.4, sim card, esim, roaming, voip, sip*0.4, phone line,
  signal strength, coverage map, antenna, base station, spectrum*0.4, isp, internet provider, call quality,
  dropped calls, phone plan, mobile plan, data plan, no signal, bad reception, reception*0.5,
  satellite internet, starlink, phone bill, number porting, network operator, hotspot, landline, modem,
  phone number*0.4, sms*0.5, text messages*0.4, call forwarding
# construction: building site, builder*0.5, builders*0.6, contractor*0.6, contractors*0.6, architect,
  architects, blueprint, blueprints, floor plan*0.8, floor plans*0.8, bim, revit, site manager, scaffolding,
  concrete, cement, masonry, brick*0.5, bricks*0.6, roofing, roof*0.6, foundation*0.4, excavation*0.5,
  crane*0.6, quantity surveyor, bill of quantities, cost estimate*0.5, takeoff*0.3, building regulations,
  building code, subcontractor, subcontractors, renovation*0.6, extension*0.4, drywall, plaster, framing*0.5,
  hard hat, punch list, snag list, construction schedule, demolition, prefabricated, lumber, carpenter*0.6,
  carpentry*0.7, hvac*0.6, materials needed*0.5, structural*0.4, tender drawings, glazing, timber frame
architecture-buildings < construction design: building design, architectural, architect, floor plan,
  house design, house plans, sketchup, rendering*0.5, passive house, facade, interior layout, site plan,
  blueprint, architectural drawings, landscape architecture, daylight*0.4, extension design, tiny house
# real-estate: property*0.7, properties*0.6, realtor, estate agent, housing*0.6, house price, house prices,
  house hunting, home buying, buy a house, buying a house, buy a home, buying a home, sell my house,
  selling a house, listing*0.4, listings*0.5, apartment*0.7, apartments*0.7, condo, rental*0.6, rentals*0.6,
  rent*0.5, for rent, property value, home value, house worth, appraisal*0.5, valuation*0.4, open house,
  property management, commercial property, landlord*0.4, tenant screening, square feet, square metres,
  neighborhood*0.4, zillow, rightmove, home inspection, title deed, closing costs, viewing*0.4, flat hunting,
  flat to rent, office space, zoning, real estate investment, rental yield, broker*0.3, mls*0.5, bedroom*0.4,
  first home, hoa, freehold, leasehold, conveyancing, moving to a new neighborhood
property-management < real-estate operations: property manager, rent collection, maintenance requests,
  tenant screening, vacancy rate, building manager, facility management, facilities, janitor, caretaker,
  lease renewal, airbnb host, short-term rental, condo board, facilities management, elevator*0.5, leak*0.3,
  rent roll
# safety: safe*0.4, hazard, hazards, workplace safety, occupational health, osha, accident*0.6, accidents*0.6,
  risk assessment, fire safety, fire alarm, evacuation plan, protective equipment, ppe, injury*0.4,
  injuries*0.5, near miss, safety inspection, lockout, child safety, incident report, hse, safety training,
  ergonomics*0.5, helmet*0.5, carbon monoxide, smoke detector, danger*0.5, dangerous*0.5, ladder*0.3,
  dangerous goods, hazop, functional safety
`;
