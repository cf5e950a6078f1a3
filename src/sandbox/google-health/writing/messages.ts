/**
 * What can be written, after Google's discovery document, revision 20260923. A field is a type, with `[]` for a list, `!`
 * if it is required, and the range of a number. `output`: only the service sets it; what a client sends there is ignored.
 */
export const MESSAGES: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  BatchDeleteDataPointsRequest: {
    names: "string[]!",
  },
  BodyFat: {
    percentage: "double! 0..100",
    sampleTime: "ObservationSampleTime!",
  },
  DataSource: {
    application: "output",
    device: "Device",
    platform: "output",
    recordingMethod: "enum RecordingMethod",
  },
  Device: {
    displayName: "string",
    formFactor: "enum FormFactor",
    manufacturer: "string",
  },
  EnergyQuantity: {
    kcal: "double! 0..100000",
    userProvidedUnit: "enum EnergyUnit",
  },
  Exercise: {
    activeDuration: "duration",
    createTime: "output",
    displayName: "string!",
    exerciseEvents: "ExerciseEvent[]",
    exerciseMetadata: "ExerciseMetadata",
    exerciseType: "enum ExerciseType!",
    interval: "SessionTimeInterval!",
    metricsSummary: "MetricsSummary!",
    notes: "string",
    splitSummaries: "SplitSummary[]",
    splits: "SplitSummary[]",
    updateTime: "output",
  },
  ExerciseEvent: {
    eventTime: "timestamp!",
    eventUtcOffset: "duration!",
    exerciseEventType: "enum ExerciseEventType!",
  },
  ExerciseMetadata: {
    hasGps: "boolean",
    poolLengthMillimeters: "int64",
  },
  Height: {
    heightMillimeters: "int64! 0..3000",
    sampleTime: "ObservationSampleTime!",
  },
  HydrationLog: {
    amountConsumed: "VolumeQuantity!",
    interval: "SessionTimeInterval!",
  },
  MetricsSummary: {
    activeZoneMinutes: "int64",
    averageHeartRateBeatsPerMinute: "int64",
    averagePaceSecondsPerMeter: "double",
    averageSpeedMillimetersPerSecond: "double",
    caloriesKcal: "double",
    distanceMillimeters: "double",
    elevationGainMillimeters: "double",
    heartRateZoneDurations: "TimeInHeartRateZones",
    mobilityMetrics: "MobilityMetrics",
    runVo2Max: "double",
    steps: "int64",
    totalSwimLengths: "double",
  },
  MobilityMetrics: {
    avgCadenceStepsPerMinute: "double",
    avgGroundContactTimeDuration: "duration",
    avgStrideLengthMillimeters: "int64",
    avgVerticalOscillationMillimeters: "int64",
    avgVerticalRatio: "double",
  },
  NutrientQuantity: {
    nutrient: "enum Nutrient!",
    quantity: "WeightQuantity!",
  },
  NutritionLog: {
    energy: "EnergyQuantity",
    energyFromFat: "EnergyQuantity",
    food: "string",
    foodDisplayName: "string",
    interval: "SessionTimeInterval!",
    mealType: "enum MealType",
    nutrients: "NutrientQuantity[]",
    serving: "Serving",
    totalCarbohydrate: "WeightQuantity",
    totalFat: "WeightQuantity",
  },
  ObservationSampleTime: {
    civilTime: "output",
    physicalTime: "timestamp!",
    utcOffset: "duration!",
  },
  OutOfBedSegment: {
    endTime: "timestamp!",
    endUtcOffset: "duration!",
    startTime: "timestamp!",
    startUtcOffset: "duration!",
  },
  Serving: {
    amount: "double",
    foodMeasurementUnit: "string!",
    foodMeasurementUnitDisplayName: "output",
  },
  SessionTimeInterval: {
    civilEndTime: "output",
    civilStartTime: "output",
    endTime: "timestamp!",
    endUtcOffset: "duration!",
    startTime: "timestamp!",
    startUtcOffset: "duration!",
  },
  Sleep: {
    createTime: "output",
    interval: "SessionTimeInterval!",
    metadata: "SleepMetadata",
    outOfBedSegments: "OutOfBedSegment[]",
    shortAwakenings: "output[]",
    stages: "SleepStage[]",
    summary: "output",
    type: "enum SleepType",
    updateTime: "output",
  },
  SleepMetadata: {
    externalId: "string",
    mainSleep: "output",
    manuallyEdited: "output",
    nap: "output",
    processed: "output",
    stagesStatus: "output",
  },
  SleepStage: {
    createTime: "output",
    endTime: "timestamp!",
    endUtcOffset: "duration!",
    startTime: "timestamp!",
    startUtcOffset: "duration!",
    type: "enum SleepStageType!",
    updateTime: "output",
  },
  SplitSummary: {
    activeDuration: "output",
    endTime: "timestamp!",
    endUtcOffset: "duration!",
    metricsSummary: "MetricsSummary!",
    splitType: "enum SplitType!",
    startTime: "timestamp!",
    startUtcOffset: "duration!",
  },
  TimeInHeartRateZones: {
    lightTime: "duration",
    moderateTime: "duration",
    peakTime: "duration",
    vigorousTime: "duration",
  },
  VolumeQuantity: {
    milliliters: "double! 0..100000",
    userProvidedUnit: "enum VolumeUnit",
  },
  Weight: {
    notes: "string",
    sampleTime: "ObservationSampleTime!",
    weightGrams: "double! 0..1000000",
  },
  WeightQuantity: {
    grams: "double! 0..100000",
    userProvidedUnit: "enum WeightUnit",
  },
};

const words = (text: string) => new Set(text.trim().split(/\s+/));

/** Without the `…_UNSPECIFIED` of each, which says nothing. */
export const ENUMS: Readonly<Record<string, ReadonlySet<string>>> = {
  EnergyUnit: words("JOULE KILOJOULE KILOCALORIE SMALL_CALORIE CALORIE"),
  ExerciseEventType: words("START STOP PAUSE RESUME AUTO_PAUSE AUTO_RESUME"),
  ExerciseType: words(`
    AEROBIC_WORKOUT ARCHERY ASSAULT_BIKE BACKPACKING BADMINTON BALLET BALLROOM_DANCE BARRE_CLASS BASEBALL BASKETBALL
    BIKING BILLIARDS BODY_WEIGHT BOOTCAMP BOWLING BOXING BREAKDANCING CALISTHENICS CANOEING CARDIO_SCULPT
    CARDIO_WORKOUT CARPENTRY CHEERLEADING CIRCUIT_TRAINING CLEANING CLIMBING CORE_TRAINING CRICKET CROQUET
    CROSS_COUNTRY_SKI CROSS_TRAINING CROSSFIT CURLING DANCING DIVING ELECTRIC_BIKE ELECTRIC_SCOOTER ELLIPTICAL
    EQUESTRIAN_SPORTS EXERCISE_CLASS FENCING FIELD_HOCKEY FISHING FITNESS_GAMING FOILING FOOTBALL_AMERICAN
    FOOTBALL_AUSTRALIAN FREE_WEIGHTS FRISBEE_PLAYING_GENERAL FUNCTIONAL_STRENGTH_TRAINING GARDENING GOLF GYMNASTICS
    HANDBALL HAND_CYCLING HIIT HIKING HIP_HOP HOCKEY HOEING HOUSEHOLD_CHORES HUNTING ICE_SKATING INCLINE_RUN
    INCLINE_WALK INDOOR_CLIMBING INTERVAL_WORKOUT JAZZ_DANCE JIU_JITSU JUMPING_ROPE KARATE KAYAKING KICKBOXING
    KITESURFING LACROSSE MARTIAL_ARTS MEDITATE MODERN_DANCE MOTOCROSS MOTORCYCLE MOUNTAIN_BIKE MOWING_LAWN MUAY_THAI
    MULTISPORT MUSICAL_PERFORMANCE NORDIC_WALKING ORIENTEERING OTHER OUTDOOR_BIKE OUTDOOR_WORKOUT PADDLEBOARDING
    PADEL PAINTING PARAGLIDING PARKOUR PICKELBALL PILATES POLO POWERLIFTING POWER_WALKING RACKET_SPORTS RACQUETBALL
    RESISTANCE_BANDS ROCK_CLIMBING ROLLERBLADING ROLLER_SKATING ROWING ROWING_MACHINE RUCKING RUGBY RUNNING SAILING
    SCOOTERING SCUBA_DIVING SHOOTING SHOVELING SKATEBOARDING SKATING SKIING SKYDIVING SNORKELING SNOWBOARDING
    SNOWMOBILING SNOWSHOEING SNOW_SPORT SOCCER SOFTBALL SPEED_SKATING SPINNING SPORT SQUASH STAIRCLIMBER
    STATIONARY_BIKE STEP_TRAINING STRENGTH_TRAINING STRETCHING STROLLER_WALK SURFING SWIMMING SWIMMING_OPEN_WATER
    SWIMMING_POOL SYNCHRONIZED_SWIMMING TABATA_WORKOUT TABLE_TENNIS TAEKWONDO TAI_CHI TANGO TENNIS TRACK_AND_FIELD
    TRAIL_RUN TRAMPOLINE TREADMILL TREADMILL_WALK TRX ULTIMATE_FRISBEE UNICYCLING VOLLEYBALL VOLLEYBALL_BEACH
    WAKEBOARDING WALKING WALK_WITH_WEIGHTS WATER_AEROBICS WATER_JOGGING WATER_POLO WATER_SKIING WATER_SPORT
    WATER_VOLLEYBALL WEEDING WEIGHTLIFTING WEIGHT_MACHINES WEIGHTS WHEELCHAIR WINDSURFING WORKOUT WRESTLING YOGA
    YOGA_BIKRAM YOGA_HATHA YOGA_POWER YOGA_VINYASA ZUMBA
  `),
  FormFactor: words("FITNESS_BAND WATCH PHONE RING CHEST_STRAP SCALE TABLET HEAD_MOUNTED SMART_DISPLAY"),
  MealType: words(`
    BEFORE_BREAKFAST BREAKFAST BEFORE_LUNCH LUNCH BEFORE_DINNER DINNER AFTER_DINNER SNACK ANYTIME
  `),
  Nutrient: words(`
    BIOTIN CAFFEINE CALCIUM CHLORIDE CARBOHYDRATES CHOLESTEROL CHROMIUM COPPER DIETARY_FIBER FOLIC_ACID IODINE IRON
    MAGNESIUM MANGANESE MOLYBDENUM MONOUNSATURATED_FAT NIACIN PANTOTHENIC_ACID PHOSPHORUS POLYUNSATURATED_FAT
    POTASSIUM PROTEIN RIBOFLAVIN SATURATED_FAT SELENIUM SODIUM SUGAR THIAMIN TRANS_FAT UNSATURATED_FAT VITAMIN_A
    VITAMIN_B12 VITAMIN_B6 VITAMIN_C VITAMIN_D VITAMIN_E VITAMIN_K ZINC FOLATE
  `),
  RecordingMethod: words("MANUAL PASSIVELY_MEASURED DERIVED ACTIVELY_MEASURED UNKNOWN"),
  SleepStageType: words("AWAKE LIGHT DEEP REM ASLEEP RESTLESS"),
  SleepType: words("CLASSIC STAGES"),
  SplitType: words("MANUAL DURATION DISTANCE CALORIES"),
  VolumeUnit: words(`
    CUP_IMPERIAL CUP_US FLUID_OUNCE_IMPERIAL FLUID_OUNCE_US LITER MILLILITER PINT_IMPERIAL PINT_US
  `),
  WeightUnit: words("GRAM KILOGRAM OUNCE POUND STONE MILLIGRAM MICROGRAM NANOGRAM"),
};
