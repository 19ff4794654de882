// The registered analysis methods, one line each; included several times with different meanings of X.
X(letkf)
X(etkf)
X(estkf)
X(denkf)
X(enkf)
