def catboost_rows(features: pd.DataFrame, categorical: Sequence[bool]) -> pd.DataFrame:
    """Categories as whole numbers: CatBoost takes no NaN among them, so -1 means missing."""
    names = features.columns[np.array(categorical, dtype=bool)]
    return features.fillna(dict.fromkeys(names, -1)).astype(dict.fromkeys(names, int))
