if __name__ == "__main__":
    try:
        main()
    except BadData as error:
        abandon(str(error))
    except OSError as error:
        abandon(f"{type(error).__name__}: {error}")
