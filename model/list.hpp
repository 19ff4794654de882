// The registered land models, one line each: the name in experiment files.
X(daily)
X(hourly)
X(lorenz96)
X(lorenz63)
X(linear)
