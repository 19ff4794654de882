// The registered land models, one line each: the name in experiment files.
X(daily)
