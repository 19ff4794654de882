// The registered iterative methods, one line each; included several times with different meanings of X.
X(es_mda)
X(ienks)
X(envar_ensemble)
X(eki)
